import { claimAt, type Claims } from '../claim-path.ts'
import { identify, identityClaims } from '../identify.ts'
import { judgeToken } from '../judge-token.ts'
import type { TokenVerdict } from '../port.ts'
import { claimNames } from './claim-names.ts'
import { idTokenClaims } from './id-token-claims.ts'
import type { OidcParts } from './parts.ts'
import { TENANT_CLAIM } from './tenants.ts'

/** Judges an ID token without a login under way: without its nonce, its access token, and userinfo. */
export async function judge(token: string, { issuer, settings, deps }: OidcParts): Promise<TokenVerdict> {
  const names = claimNames(settings)
  const allowed = settings.OIDC_ALLOWED_ROLES
  const server = await issuer
    .configuration()
    .then((config) => config.serverMetadata())
    .catch(() => null)
  const frame = server ? idTokenClaims({ server, settings, now: deps.clock() }) : []

  const inUserinfo = (claims: Claims) =>
    [names.accountId, names.accountName, names.role, ...names.userName].filter(
      (claim) => claim !== TENANT_CLAIM && claimAt(claims, claim) === undefined,
    )

  return judgeToken(token, {
    // Without the document of the issuer this says what is wrong with it.
    checkSignature: () => issuer.claimsOf(token),
    checks: [...frame, ...identityClaims(names, allowed)],
    unchecked: (claims) => ({
      ...('nonce' in claims && { nonce: 'only a login under way knows whether this is its own' }),
      ...('at_hash' in claims && { at_hash: 'belongs to the access token beside it' }),
      ...(server?.userinfo_endpoint !== undefined &&
        Object.fromEntries(
          inUserinfo(claims).map((claim) => [claim, 'not here; a login asks userinfo for it']),
        )),
    }),
    identify: (claims) => identify(claims, names, allowed),
  })
}
