import { authorizationCodeGrant, type Configuration } from 'openid-client'
import { callbackUrl } from '../callback-url.ts'
import { identify, type ClaimNames } from '../identify.ts'
import { LoginRefused } from '../login-refused.ts'
import { outcomeOf } from '../outcome-of.ts'
import type { LoginAnswer, LoginOutcome } from '../port.ts'
import { checkAnswer } from './check-answer.ts'
import { checkIdToken, tokensOf, type IssuedTokens } from './check-id-token.ts'
import { explain } from './explain.ts'
import { readLeg } from './leg.ts'
import type { OidcParts } from './parts.ts'
import { readClaims } from './read-claims.ts'
import type { OidcSettings } from './settings.ts'

/** Checks the issuer's answer against what was remembered, trades the code for tokens, and reads who it is. */
export async function complete(answer: LoginAnswer, parts: OidcParts): Promise<LoginOutcome> {
  const { issuer, settings, deps } = parts
  try {
    const config = await issuer.configuration()
    const tokens = await trade(answer, config, parts)
    checkIdToken(tokens, settings.OIDC_CLIENT_ID, deps.clock())
    const names = claimNames(settings)
    const allowed = settings.OIDC_ALLOWED_ROLES
    const claims = await readClaims(config, tokens, { names, roleDecides: Boolean(allowed?.length) })
    return identify(claims, names, allowed)
  } catch (error) {
    return outcomeOf(error)
  }
}

async function trade(
  { params, remembered }: LoginAnswer,
  config: Configuration,
  { settings, deps }: OidcParts,
): Promise<IssuedTokens> {
  const leg = readLeg(remembered)
  if (leg === null) throw new LoginRefused('leg_unreadable')
  const answered = callbackUrl(deps.publicUrl)
  answered.search = checkAnswer(params, leg.state, config.serverMetadata()).toString()
  const expected = { expectedState: leg.state, expectedNonce: leg.nonce, pkceCodeVerifier: leg.verifier }
  try {
    return tokensOf(await authorizationCodeGrant(config, answered, expected))
  } catch (error) {
    throw explain('id_token', error, settings.OIDC_CLIENT_ID)
  }
}

const claimNames = (settings: OidcSettings): ClaimNames => ({
  userName: ['name', 'preferred_username', 'email'],
  accountId: settings.OIDC_ACCOUNT_ID_CLAIM,
  accountName: settings.OIDC_ACCOUNT_NAME_CLAIM,
  role: settings.OIDC_ROLE_CLAIM,
})
