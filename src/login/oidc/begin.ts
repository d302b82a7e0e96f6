import { buildAuthorizationUrl, calculatePKCECodeChallenge } from 'openid-client'
import { newTag } from '../attempt-tag.ts'
import { callbackUrl } from '../callback-url.ts'
import { outcomeOf } from '../outcome-of.ts'
import type { LoginRound, LoginStart } from '../port.ts'
import type { RoundSecrets } from './round-secrets.ts'
import type { OidcParts } from './parts.ts'

/** Sends the browser to the issuer: code flow with PKCE S256, state and nonce, all made for this round alone. */
export async function begin(round: LoginRound, { issuer, settings, deps }: OidcParts): Promise<LoginStart> {
  const { random, publicUrl } = deps
  const secrets: RoundSecrets = {
    state: newTag(round.attemptId, random),
    nonce: random(32),
    verifier: random(32),
  }
  try {
    const location = buildAuthorizationUrl(await issuer.configuration(), {
      redirect_uri: callbackUrl(publicUrl).href,
      scope: settings.OIDC_SCOPE,
      state: secrets.state,
      nonce: secrets.nonce,
      code_challenge: await calculatePKCECodeChallenge(secrets.verifier),
      code_challenge_method: 'S256',
      ...(round.again && { prompt: 'login' }),
    })
    return { kind: 'redirect', location, remember: JSON.stringify(secrets) }
  } catch (error) {
    return outcomeOf(error)
  }
}
