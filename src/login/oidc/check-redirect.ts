import { buildAuthorizationUrl, calculatePKCECodeChallenge, type Configuration } from 'openid-client'
import { callbackUrl } from '../callback-url.ts'
import type { LoginCheck } from '../port.ts'
import { isGone, openPage, type Probed } from '../probe.ts'
import type { OidcParts } from './parts.ts'

const part = 'redirect'

const ALLOW = 'Allow the client the authorization code flow at the provider.'

/** Words with which a provider that knows client and redirect address refuses what is asked for (OAuth, RFC 6749, 4.1.2.1). */
const REFUSED: Readonly<Record<string, string>> = {
  invalid_request:
    'See what the provider demands of requests from this client, such as pushed ones (PAR), signed ones or another response mode, and switch that off: its log says which.',
  invalid_scope:
    'OIDC_SCOPE asks for what the client may not have: compare it with the client at the provider.',
  unauthorized_client: ALLOW,
  unsupported_response_type: ALLOW,
}

/** What is said to a browser that nobody is logged in with, and that may not be shown a page (OpenID Connect Core, 3.1.2.6). */
const NOBODY_HERE: readonly string[] = [
  'login_required',
  'interaction_required',
  'consent_required',
  'account_selection_required',
]

export interface RedirectCheck {
  line: LoginCheck
  /** The provider has shown that it knows the client's id. */
  isKnown: boolean
}

/**
 * Goes to the authorization endpoint as a browser that nobody is logged in with, and with `prompt=none`: who knows client
 * and redirect address sends it back with one of a few words. What else comes back, or a page, may be about the prompt, so
 * what a customer's browser would get decides then: an error page is a failure, any other page of a provider that has sent
 * nobody back proves nothing.
 */
export async function checkRedirect(config: Configuration, parts: OidcParts): Promise<RedirectCheck> {
  const { publicUrl } = parts.deps
  const callback = callbackUrl(publicUrl).href
  const visit = async (more?: Record<string, string>) =>
    openPage(await addressOf(config, parts, more), parts.deps)
  const silently = wordBack(await visit({ prompt: 'none' }), callback)
  if (silently === CODE || NOBODY_HERE.includes(silently ?? '')) {
    return { isKnown: true, line: pass(callback) }
  }
  const answer = await visit()
  const openly = wordBack(answer, callback)
  return {
    isKnown: silently !== null || openly !== null,
    line: openly === null ? judgePage(answer, callback, silently) : sentBack(openly, callback),
  }
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

/** Stands for the word of a browser that comes back as after a login. */
const CODE = 'code'

/** With which word a browser is sent back, an empty one if with none; null if it is not. */
function wordBack(answer: Probed, callback: string): string | null {
  if (answer.kind === 'silent') return null
  const { status, location } = answer
  const back = status >= 300 && status < 400 ? URL.parse(location ?? '') : null
  if (back === null || back.origin + back.pathname !== callback) return null
  const { searchParams: params } = back
  return params.get('error') ?? (params.has('code') ? CODE : '')
}

/** What everybody gets who is sent to the provider without a prompt. */
function sentBack(word: string, callback: string): LoginCheck {
  if (word === CODE) return pass(callback)
  const shown = /^[a-z_]{1,40}$/.test(word) ? word : 'no word of the standard'
  const says = `the provider sends every browser back with ${shown}`
  const next = Object.hasOwn(REFUSED, word) ? REFUSED[word] : undefined
  if (next !== undefined) return { part, status: 'failure', says, next }
  return { part, status: 'warning', says, next: 'Log in once yourself; the log of the provider says why.' }
}

/** `silently`: the word with which the provider has sent the browser back that may not be shown a page. */
function judgePage(answer: Probed, callback: string, silently: string | null): LoginCheck {
  if (answer.kind === 'silent') return silent(answer)
  const { status } = answer
  const next = `Register this redirect address with the client of OIDC_CLIENT_ID at the provider, to the letter: ${callback}.`
  if (status === 400 || isGone(status)) {
    const says = `everybody who is sent to the provider gets an error page (status ${status})`
    return { part, status: 'failure', says, next }
  }
  if (status >= 500) {
    const says = `the authorization endpoint breaks down, at least for programs (status ${status})`
    return { part, status: 'warning', says, next: OPEN }
  }
  if (silently !== null && status < 400) return afterSilence(silently, callback)
  const says =
    status === 403
      ? 'browsers may get an error page (status 403); a provider that keeps programs out answers so, too'
      : `whether the provider knows the client and its redirect address does not show without a login (status ${status})`
  return { part, status: 'warning', says, next: `Log in once yourself. ${next}` }
}

/** A page for whom it may be shown to: the word was about the prompt, unless it says that the login will end so, too. */
function afterSilence(word: string, callback: string): LoginCheck {
  const next = word !== 'invalid_request' && Object.hasOwn(REFUSED, word) ? REFUSED[word] : undefined
  if (next === undefined) return pass(callback)
  const says = `the provider sends browsers back with ${word} when they may not be shown a page`
  return { part, status: 'warning', says, next: `Log in once yourself. ${next}` }
}

const pass = (callback: string): LoginCheck => ({
  ...{ part, status: 'pass', next: null },
  says: `the provider knows the client, and sends browsers back to ${callback}`,
})

const OPEN =
  'Open the authorization_endpoint of OIDC_ISSUER + /.well-known/openid-configuration in a browser.'

/** Browsers go there, not this machine; but a name that nobody knows is nowhere. */
const silent = ({ why, known }: Extract<Probed, { kind: 'silent' }>): LoginCheck => ({
  ...{ part, status: known ? 'warning' : 'failure' },
  says: `the authorization endpoint gives this machine no answer (${why})`,
  next: OPEN,
})
