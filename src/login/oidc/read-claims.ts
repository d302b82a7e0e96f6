import { fetchUserInfo, type Configuration } from 'openid-client'
import { peerFailure } from '../bounded-fetch.ts'
import type { Claims, ClaimNames } from '../identify.ts'
import type { IssuedTokens } from './check-id-token.ts'

export interface Wanted {
  names: ClaimNames
  /** Whether it depends on the role who may connect; else it is only shown. */
  roleDecides: boolean
}

/**
 * The claims of the ID token and, when one that we read is missing there, those of the userinfo endpoint. Where both
 * speak the token counts: it is signed. When that endpoint is not to be had, what nobody needs is left out.
 */
export async function readClaims(
  config: Configuration,
  { claims, accessToken }: IssuedTokens,
  { names, roleDecides }: Wanted,
): Promise<Claims> {
  const has = (claim: string) => Object.hasOwn(claims, claim)
  const enough = [names.accountId, names.accountName, ...(roleDecides ? [names.role] : [])].every(has)
  const complete = enough && has(names.role) && names.userName.some(has)
  if (complete || config.serverMetadata().userinfo_endpoint === undefined) return claims
  try {
    return { ...(await fetchUserInfo(config, accessToken, claims.sub)), ...claims }
  } catch (error) {
    if (enough && peerFailure(error)) return claims
    throw error
  }
}
