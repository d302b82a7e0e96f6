import { authorizationCodeGrant } from 'openid-client'
import { callbackUrl } from '../callback-url.ts'
import { identify, type ClaimNames } from '../identify.ts'
import type { LoginAnswer, LoginOutcome } from '../port.ts'
import { checkIdToken, tokensOf } from './check-id-token.ts'
import { Leg } from './leg.ts'
import type { OidcParts } from './parts.ts'
import { readClaims } from './read-claims.ts'
import { outcomeOf } from './refusal.ts'
import type { OidcSettings } from './settings.ts'

/** Checks the issuer's answer against what was remembered, trades the code for tokens, and reads who it is. */
export async function complete(
  { params, remembered }: LoginAnswer,
  { issuer, settings, deps }: OidcParts,
): Promise<LoginOutcome> {
  try {
    const leg = Leg.parse(JSON.parse(remembered))
    const config = await issuer.configuration()
    const answered = callbackUrl(deps.publicUrl)
    answered.search = params.toString()
    const tokens = tokensOf(
      await authorizationCodeGrant(config, answered, {
        expectedState: leg.state,
        expectedNonce: leg.nonce,
        pkceCodeVerifier: leg.verifier,
      }),
    )
    checkIdToken(tokens, deps.clock())
    const names = claimNames(settings)
    const allowed = settings.OIDC_ALLOWED_ROLES
    const claims = await readClaims(config, tokens, { names, roleDecides: Boolean(allowed?.length) })
    return identify(claims, names, allowed)
  } catch (error) {
    return outcomeOf(error)
  }
}

const claimNames = (settings: OidcSettings): ClaimNames => ({
  userName: ['name', 'preferred_username', 'email'],
  accountId: settings.OIDC_ACCOUNT_ID_CLAIM,
  accountName: settings.OIDC_ACCOUNT_NAME_CLAIM,
  role: settings.OIDC_ROLE_CLAIM,
})
