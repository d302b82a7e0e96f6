import { PeerUnavailable, type BoundedFetch } from '../bounded-fetch.ts'
import { isAbsent, isObject, type Claims } from '../claim-path.ts'
import { parseJson } from '../../shared/parse-json.ts'
import { LoginRefused } from '../login-refused.ts'

type Fetch = BoundedFetch['fetch']
type Tidy = (answer: { status: number; text: string; json: unknown; headers: Headers }) => Response

/** What a provider answers with. */
export type Part = 'document' | 'keys' | 'token' | 'userinfo'

/**
 * Providers say the same thing in many ways; the library knows one. Between them, what is absent, null or empty is left
 * out, what nobody reads cannot be wrong, and an answer is known by what it is, not by the type that its header claims.
 */
export function tidyAnswers(fetch: Fetch, partOf: (url: string) => Part): Fetch {
  return async (url, options) => {
    const response = await fetch(url, options)
    const { status, headers } = response
    const text = (await response.text()).trim()
    return tidied[partOf(url)]({ status, text, json: parseJson(text), headers })
  }
}

/** Every one whose key is public. */
export const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
]

const tidied: Record<Part, Tidy> = {
  document({ status, json }) {
    const isRefused = status >= 400 && status < 500
    if (isRefused) throw new PeerUnavailable('issuer_document_refused', { status })
    if (status !== 200) throw new PeerUnavailable('issuer_document_status', { status })
    const document = isObject(json) ? present(json) : {}
    if (typeof document['issuer'] !== 'string') throw new PeerUnavailable('issuer_document_unreadable')
    // A provider that does not announce it may sign userinfo all the same.
    return asJson({ userinfo_signing_alg_values_supported: ALGORITHMS, ...document })
  },

  keys({ status, json }) {
    const keys = isObject(json) ? json['keys'] : null
    if (status !== 200 || !Array.isArray(keys)) throw new PeerUnavailable('key_set_unusable')
    return asJson({ keys: keys.filter(isObject).map(present) })
  },

  // RFC 6749, 5.2: with an error comes 400 or 401; some providers say 200. Some say 201 when all is well. A 401 that has
  // no word may be about the code, which anybody can send, as well as about the client.
  token({ status, json }) {
    const said = isObject(json) ? present(json) : null
    const error = said?.['error']
    if (typeof error === 'string') return asJson({ error }, status >= 400 ? status : 400)
    if (!isGood(status)) throw new LoginRefused('token_endpoint_status', { status })
    if (said === null) throw new LoginRefused('token_endpoint_unreadable')
    const { access_token, token_type = 'Bearer', id_token, scope } = said
    return asJson({ access_token, token_type, id_token, scope: asText(scope) })
  },

  userinfo({ status, text, json, headers }) {
    const said = isObject(json) ? present(json) : null
    const refuses = headers.has('www-authenticate') || typeof said?.['error'] === 'string'
    if (status === 401 || status === 403 || (refuses && said?.['sub'] === undefined)) {
      throw new LoginRefused('userinfo_refused', { status })
    }
    if (!isGood(status)) throw new LoginRefused('userinfo_status', { status })
    if (said !== null) return asJson(said)
    // RFC 7516, 9: five parts are encrypted, three are signed.
    const parts = /^[\w-]+(?:\.[\w-]*)+$/.test(text) ? text.split('.').length : 0
    if (parts === 5) throw new LoginRefused('userinfo_encrypted')
    if (parts !== 3) throw new LoginRefused('userinfo_unreadable')
    return new Response(text, { headers: { 'content-type': 'application/jwt' } })
  },
}

/** Twitch has a list where the standard has a text. */
const asText = (scope: unknown) => {
  const text = Array.isArray(scope) ? scope.join(' ') : scope
  return typeof text === 'string' ? text : undefined
}

/** What is said, without what says nothing. */
export const present = (said: Claims): Claims =>
  Object.fromEntries(Object.entries(said).filter(([, value]) => !isAbsent(value)))

const isGood = (status: number) => status >= 200 && status < 300

const asJson = (body: unknown, status = 200) => Response.json(body, { status })
