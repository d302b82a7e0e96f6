import { buildAuthorizationUrl, calculatePKCECodeChallenge, type Configuration } from 'openid-client'
import { callbackUrl } from '../callback-url.ts'
import type { LoginCheck } from '../port.ts'
import { isBroken, openPage, type Probed } from '../probe.ts'
import type { OidcParts } from './parts.ts'

const part = 'redirect'

/** Words with which a provider that knows client and redirect address refuses what is asked for (OAuth, RFC 6749, 4.1.2.1). */
const REFUSED: Record<string, string> = {
  invalid_scope:
    'OIDC_SCOPE asks for what the client may not have: compare it with the client at the provider.',
  unauthorized_client: 'Allow the client the authorization code flow at the provider.',
  unsupported_response_type: 'Allow the client the authorization code flow at the provider.',
}

export interface RedirectCheck {
  line: LoginCheck
  /** The provider has shown that it knows the client's id. */
  isKnown: boolean
}

/**
 * Goes to the authorization endpoint as a browser that nobody is logged in with, and with `prompt=none`: who knows client
 * and redirect address sends it back (OpenID Connect Core, 3.1.2.6). Some providers do not, so what a customer's browser
 * would get decides then: an error page is a failure, any other page proves nothing.
 */
export async function checkRedirect(config: Configuration, parts: OidcParts): Promise<RedirectCheck> {
  const { allowHttpLoopback, publicUrl } = parts.deps
  const visit = async (more?: Record<string, string>) =>
    judge(
      await openPage(await addressOf(config, parts, more), allowHttpLoopback),
      callbackUrl(publicUrl).href,
    )
  const silently = await visit({ prompt: 'none' })
  return silently.isKnown ? silently : visit()
}

async function addressOf(
  config: Configuration,
  { settings, deps }: OidcParts,
  more: Record<string, string> = {},
): Promise<URL> {
  return buildAuthorizationUrl(config, {
    redirect_uri: callbackUrl(deps.publicUrl).href,
    scope: settings.OIDC_SCOPE,
    state: deps.random(32),
    nonce: deps.random(32),
    code_challenge: await calculatePKCECodeChallenge(deps.random(32)),
    code_challenge_method: 'S256',
    ...more,
  })
}

function judge(answer: Probed, callback: string): RedirectCheck {
  if (answer.kind === 'silent') return { isKnown: false, line: silent(answer) }
  const { status, location } = answer
  const back = status >= 300 && status < 400 ? URL.parse(location ?? '') : null
  if (back !== null && back.origin + back.pathname === callback) {
    return { isKnown: true, line: sentBack(back.searchParams.get('error') ?? '', callback) }
  }
  const next = `Register this redirect address with the client of OIDC_CLIENT_ID at the provider, to the letter: ${callback}.`
  if (status === 400 || isBroken(status)) {
    const says = `everybody who is sent to the provider gets an error page (status ${status})`
    return { isKnown: false, line: { part, status: 'failure', says, next } }
  }
  const says =
    status === 403
      ? 'browsers may get an error page (status 403); a provider that keeps programs out answers so, too'
      : `whether the provider knows the client and its redirect address does not show without a login (status ${status})`
  return { isKnown: false, line: { part, status: 'warning', says, next: `Log in once yourself. ${next}` } }
}

function sentBack(word: string, callback: string): LoginCheck {
  const next = Object.hasOwn(REFUSED, word) ? REFUSED[word] : undefined
  if (next !== undefined) {
    return { part, status: 'failure', says: `the provider sends every browser back with ${word}`, next }
  }
  return {
    ...{ part, status: 'pass', next: null },
    says: `the provider knows the client, and sends browsers back to ${callback}`,
  }
}

/** Browsers go there, not this machine; but a name that nobody knows is nowhere. */
const silent = ({ why, known }: Extract<Probed, { kind: 'silent' }>): LoginCheck => ({
  ...{ part, status: known ? 'warning' : 'failure' },
  says: `the authorization endpoint gives this machine no answer (${why})`,
  next: 'Open the authorization_endpoint of OIDC_ISSUER + /.well-known/openid-configuration in a browser.',
})
