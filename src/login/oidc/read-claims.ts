import { fetchUserInfo, type Configuration } from 'openid-client'
import { peerFailure } from '../bounded-fetch.ts'
import type { Claims, ClaimNames } from '../identify.ts'
import type { IssuedTokens } from './check-id-token.ts'

export interface Wanted {
  names: ClaimNames
  /** Whether the role decides who may connect; otherwise it is only shown. */
  roleDecides: boolean
}

/**
 * The claims of the ID token. When it lacks one that we read, the userinfo endpoint adds its own. The token wins where the
 * two differ, because it is signed. When the endpoint is unavailable, a login goes on without the claims that it does not
 * need.
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
