import { ResponseBodyError, type ClientMetadata } from 'openid-client'
import { AppError } from '../../shared/app-error.ts'
import { isAbsent, isObject } from '../claim-path.ts'
import { LoginRefused } from '../login-refused.ts'
import { narrowedScope } from './narrowed-scope.ts'

/** Which of the two things the library was reading when it refused. */
export type Stage = 'id_token' | 'userinfo'

/**
 * What the library has found wrong, in our words; the error as it came where there are none for it. The library has a
 * code for a dozen things at once, so this goes by what it leaves on its errors and on the objects that it calls their
 * cause. Nothing is judged here.
 */
export function explain(stage: Stage, error: unknown, client: ClientMetadata): unknown {
  const trail = trailOf(error)
  const ours = trail.find((at) => at instanceof AppError)
  if (ours) return ours
  if (error instanceof ResponseBodyError) return tokenRefused(error.error)
  const clues = cluesOf(trail)
  return bodyRefused(stage, clues, client) ?? claimRefused(stage, clues, client.client_id) ?? error
}

type Clues = Readonly<Record<string, unknown>>

const DEPTH = 5

/** An error and what is behind it. */
function trailOf(error: unknown, depth = 0): unknown[] {
  if (error === undefined || depth === DEPTH) return []
  const hasCause = typeof error === 'object' && error !== null && 'cause' in error
  return [error, ...(hasCause ? trailOf(error.cause, depth + 1) : [])]
}

/** The error's own word comes before that of what is behind it. */
const cluesOf = (trail: unknown[]): Clues =>
  Object.assign({}, ...trail.filter(isObject).toReversed()) as Clues

const ofClient = ['invalid_client', 'invalid_scope', 'unauthorized_client', 'unsupported_grant_type'] as const
const ofCode = ['invalid_grant', 'invalid_request'] as const

function tokenRefused(word: string): LoginRefused {
  // Glewlwyd has a word of its own for a code that it does not take.
  if (word === 'invalid_code') return new LoginRefused('invalid_grant')
  return new LoginRefused([...ofClient, ...ofCode].find((one) => one === word) ?? 'token_endpoint_error')
}

/** Of an ID token the nonce alone: its other claims have been judged before the library (`id-token-claims.ts`). */
function claimRefused(
  stage: Stage,
  { claim, claims, expected, now }: Clues,
  clientId: string,
): LoginRefused | null {
  if (!isObject(claims)) return null
  if (stage === 'id_token') {
    if (isAbsent(claims['nonce'])) return new LoginRefused('id_token_nonce_missing')
    return claim === 'nonce' ? new LoginRefused('id_token_nonce') : null
  }
  const found = typeof claim === 'string' ? claims[claim] : undefined
  const apart = typeof found === 'number' ? Math.abs(Math.round(Number(now) - found)) : 0
  switch (claim) {
    case 'iss':
      return new LoginRefused('userinfo_iss', { found, expected })
    case 'aud':
      return new LoginRefused('userinfo_aud', { found, expected: clientId })
    case 'exp':
      return new LoginRefused('userinfo_expired', { seconds: apart })
    case 'nbf':
      return new LoginRefused('userinfo_not_yet_valid', { seconds: apart })
    default: {
      const odd = Object.keys(TYPES).find((name) => name in claims && typeof claims[name] !== TYPES[name])
      return new LoginRefused('userinfo_claim_malformed', { claim: odd ?? 'aud' })
    }
  }
}

const TYPES: Readonly<Record<string, string>> = {
  ...{ exp: 'number', iat: 'number', nbf: 'number', iss: 'string', sub: 'string' },
}

/** What is missing in the body of an answer, which has been read as JSON before. */
function bodyRefused(stage: Stage, { body, attribute }: Clues, client: ClientMetadata): LoginRefused | null {
  if (!isObject(body)) return null
  if (attribute === 'sub') return new LoginRefused('userinfo_of_other_user')
  if (stage === 'userinfo') return new LoginRefused('userinfo_claim_missing', { claim: 'sub' })
  const missing = (['access_token', 'id_token'] as const).find((token) => typeof body[token] !== 'string')
  if (missing) {
    const narrowed = narrowedScope(client['scope'] as string, body)
    return narrowed ? new LoginRefused('scope_narrowed', narrowed) : new LoginRefused(`${missing}_missing`)
  }
  return new LoginRefused('token_type_unusable', { found: body['token_type'], expected: 'Bearer' })
}
