import { fetchUserInfo, type Configuration } from 'openid-client'
import { peerFailure } from '../bounded-fetch.ts'
import { claimAt, type Claims } from '../claim-path.ts'
import type { ClaimNames } from '../identify.ts'
import type { IssuedTokens } from './check-access-token.ts'
import { explain } from './explain.ts'

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
  tokens: IssuedTokens,
  { names, roleDecides }: Wanted,
): Promise<Claims> {
  const { claims } = tokens
  const has = (claim: string) => claimAt(claims, claim) !== undefined
  const enough = [names.accountId, names.accountName, ...(roleDecides ? [names.role] : [])].every(has)
  const complete = enough && has(names.role) && names.userName.some(has)
  if (complete || config.serverMetadata().userinfo_endpoint === undefined) return claims
  try {
    return merged(names, claims, await userinfo(config, tokens))
  } catch (error) {
    if (enough && peerFailure(error)) return claims
    throw error
  }
}

async function userinfo(config: Configuration, { claims, accessToken }: IssuedTokens): Promise<Claims> {
  try {
    return await fetchUserInfo(config, accessToken, claims.sub)
  } catch (error) {
    throw explain('userinfo', error, config.clientMetadata())
  }
}

/** Claim by claim, for a path may lead into both. */
function merged({ userName, accountId, accountName, role }: ClaimNames, token: Claims, more: Claims): Claims {
  const names = ['sub', ...userName, accountId, accountName, role]
  return Object.fromEntries(names.map((name) => [name, claimAt(token, name) ?? claimAt(more, name)]))
}
