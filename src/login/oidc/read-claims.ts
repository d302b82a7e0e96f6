import { fetchUserInfo, type Configuration } from 'openid-client'
import type { Claims, ClaimNames } from '../identify.ts'
import type { IssuedTokens } from './check-id-token.ts'

/**
 * The claims of the ID token and, when one that we read is missing there, those of the userinfo endpoint. Where both
 * speak the token counts: it is signed.
 */
export async function readClaims(
  config: Configuration,
  tokens: IssuedTokens,
  names: ClaimNames,
): Promise<Claims> {
  const { claims, accessToken } = tokens
  const has = (claim: string) => Object.hasOwn(claims, claim)
  const complete = [names.accountId, names.accountName, names.role].every(has) && names.userName.some(has)
  if (complete || config.serverMetadata().userinfo_endpoint === undefined) return claims
  return { ...(await fetchUserInfo(config, accessToken, claims.sub)), ...claims }
}
