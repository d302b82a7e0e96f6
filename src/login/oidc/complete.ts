import { authorizationCodeGrant, type Configuration } from 'openid-client'
import { callbackUrl } from '../callback-url.ts'
import { claimAt } from '../claim-path.ts'
import { identify } from '../identify.ts'
import { LoginRefused, refusal } from '../login-refused.ts'
import { outcomeOf } from '../outcome-of.ts'
import type { LoginAnswer, LoginOutcome } from '../port.ts'
import { checkAnswer } from './check-answer.ts'
import { claimNames } from './claim-names.ts'
import { checkAccessToken, tokensOf, type IssuedTokens } from './check-access-token.ts'
import { explain } from './explain.ts'
import { readRoundSecrets } from './round-secrets.ts'
import { narrowedScope } from './narrowed-scope.ts'
import type { OidcParts } from './parts.ts'
import { readClaims } from './read-claims.ts'
import type { OidcSettings } from './settings.ts'

/** Checks the issuer's answer against what was remembered, trades the code for tokens, and reads who it is. */
export async function complete(answer: LoginAnswer, parts: OidcParts): Promise<LoginOutcome> {
  const { issuer, settings } = parts
  try {
    const config = await issuer.configuration()
    const tokens = await trade(answer, config, parts)
    checkAccessToken(tokens)
    const { outcome, isNamed } = await readIdentity(config, tokens, settings)
    const narrowed = narrowedScope(settings.OIDC_SCOPE, { scope: tokens.scope, id_token: tokens.idToken })
    const isWhole = isNamed && !isBroughtByScope(outcome)
    return narrowed && !isWhole ? refusal('scope_narrowed', narrowed) : outcome
  } catch (error) {
    return outcomeOf(error)
  }
}

type Granted = IssuedTokens & { scope: string | undefined }

async function readIdentity(
  config: Configuration,
  tokens: IssuedTokens,
  settings: OidcSettings,
): Promise<{ outcome: LoginOutcome; isNamed: boolean }> {
  const names = claimNames(settings)
  const allowed = settings.OIDC_ALLOWED_ROLES
  try {
    const claims = await readClaims(config, tokens, { names, roleDecides: Boolean(allowed?.length) })
    const isNamed = claimAt(claims, names.accountName) !== undefined
    return { outcome: identify(claims, names, allowed), isNamed }
  } catch (error) {
    return { outcome: outcomeOf(error), isNamed: true }
  }
}

/** Whether a scope would have brought what is missing. */
const isBroughtByScope = (outcome: LoginOutcome) =>
  outcome.kind === 'refused' &&
  ['userinfo_refused', 'account_id_unusable', 'account_name_unusable'].includes(outcome.code)

async function trade(
  { params, remembered }: LoginAnswer,
  config: Configuration,
  { deps }: OidcParts,
): Promise<Granted> {
  const round = readRoundSecrets(remembered)
  if (round === null) throw new LoginRefused('leg_unreadable')
  const answered = callbackUrl(deps.publicUrl)
  answered.search = checkAnswer(params, round.state, config.serverMetadata()).toString()
  const expected = {
    expectedState: round.state,
    expectedNonce: round.nonce,
    pkceCodeVerifier: round.verifier,
  }
  try {
    const response = await authorizationCodeGrant(config, answered, expected)
    return { ...tokensOf(response), scope: response.scope }
  } catch (error) {
    throw explain('id_token', error, config.clientMetadata())
  }
}
