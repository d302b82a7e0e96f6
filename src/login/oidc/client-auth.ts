import { ClientSecretPost, type ClientAuth, type ServerMetadata } from 'openid-client'
import type { LoginDeps } from '../port.ts'
import type { OidcSettings } from './settings.ts'

/** How the client shows at the token endpoint who it is (OpenID Connect Core, 9), and who has decided that. */
export interface ClientAuthChoice {
  method: 'client_secret_basic' | 'client_secret_post'
  decidedBy: 'setting' | 'issuer' | 'standard'
}

/**
 * A setting decides, since a provider may hold each of its clients to one way; else what the provider announces, if it is
 * a way in which a secret is shown; else the standard.
 */
export function chooseClientAuth(
  { token_endpoint_auth_methods_supported: announced }: ServerMetadata,
  { OIDC_CLIENT_AUTH: setting }: Pick<OidcSettings, 'OIDC_CLIENT_AUTH'>,
): ClientAuthChoice {
  if (setting !== 'auto') return { method: `client_secret_${setting}`, decidedBy: 'setting' }
  const known = (['client_secret_basic', 'client_secret_post'] as const).find((one) =>
    announced?.includes(one),
  )
  return known
    ? { method: known, decidedBy: 'issuer' }
    : { method: 'client_secret_basic', decidedBy: 'standard' }
}

/** Says which way was taken: once, and again when the issuer's announcement has changed it. */
export function createTeller(log: LoginDeps['log']) {
  let told: ClientAuthChoice['method'] | null = null
  return ({ method, decidedBy }: ClientAuthChoice): void => {
    if (method !== told) log.info({ event: 'login.client_auth', method, decidedBy })
    told = method
  }
}

export const clientAuthOf = (method: ClientAuthChoice['method'], secret: string): ClientAuth =>
  method === 'client_secret_post' ? ClientSecretPost(secret) : basic(secret)

/**
 * In place of the library's, which encodes `-` `_` `.` and `*` too: a provider that compares what it gets without
 * decoding it then refuses a good secret. RFC 6749, 2.3.1.
 */
const basic =
  (secret: string): ClientAuth =>
  (...[, { client_id: id }, , headers]) => {
    const credentials = `${formEncoded(id)}:${formEncoded(secret)}`
    headers.set('authorization', `Basic ${Buffer.from(credentials).toString('base64')}`)
  }

/** As a form encodes a value: `application/x-www-form-urlencoded`. */
const formEncoded = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1)
