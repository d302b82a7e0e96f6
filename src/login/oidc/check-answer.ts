import type { ServerMetadata } from 'openid-client'
import { sameSecret } from '../../crypto/digest.ts'
import { PeerUnavailable } from '../bounded-fetch.ts'
import { LoginRefused } from '../login-refused.ts'
import { hasTenants, isTenant, tenantIn } from './tenants.ts'

/** Words of the standard that are said of our client. The browser brings them, so nobody knows who has said them. */
const ofClient = [
  'invalid_request',
  'invalid_scope',
  'unauthorized_client',
  'unsupported_response_type',
] as const

const ofPerson = [
  'access_denied',
  'account_selection_required',
  'consent_required',
  'interaction_required',
  'login_required',
] as const

const notNow = ['server_error', 'temporarily_unavailable'] as const

/**
 * What the browser has brought back, without what is empty. The library checks it again; this says what is wrong with it.
 * @throws {LoginRefused} PeerUnavailable when the provider says: not now
 */
export function checkAnswer(
  params: URLSearchParams,
  expectedState: string,
  server: ServerMetadata,
): URLSearchParams {
  const answer = new URLSearchParams([...params].filter(([, value]) => value.trim() !== ''))
  const one = (claim: string): string | null => {
    const [value = null, ...more] = answer.getAll(claim)
    if (more.length > 0) throw new LoginRefused('answer_doubled', { claim })
    return value
  }
  if (one('response') !== null) throw new LoginRefused('answer_is_token')
  const [iss, error] = [one('iss'), one('error')]
  if (!sameSecret(one('state') ?? '', expectedState)) throw new LoginRefused('answer_state')
  if (iss === null && server.authorization_response_iss_parameter_supported) {
    throw new LoginRefused('answer_issuer_missing')
  }
  if (iss !== null) {
    const isOurs = hasTenants(server.issuer) ? isTenant(tenantIn(server.issuer, iss)) : iss === server.issuer
    if (!isOurs) throw new LoginRefused('answer_issuer', { found: iss, expected: server.issuer })
    answer.set('iss', server.issuer)
  }
  if (error !== null) throw refusedWith(error)
  if (one('id_token') !== null || one('token') !== null) throw new LoginRefused('answer_has_token')
  if (one('code') === null) throw new LoginRefused('answer_without_code')
  return answer
}

function refusedWith(error: string): Error {
  const outage = notNow.find((word) => word === error)
  if (outage) return new PeerUnavailable(outage)
  const person = ofPerson.find((word) => word === error)
  if (person) return new LoginRefused(person)
  const client = ofClient.find((word) => word === error)
  return new LoginRefused(client ? `answer_says_${client}` : 'answer_says_error')
}
