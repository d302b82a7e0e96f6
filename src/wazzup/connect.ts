import { z } from 'zod'
import type { Clock } from '../shared/clock.ts'
import type { Answer, WazzupClient } from './client.ts'
import { errorCodeOf, saidStatus } from './error-code.ts'
import { parseJson } from '../shared/parse-json.ts'
import { retryAfter } from '../shared/retry-after.ts'

/** The body of `POST /v3/connect`, and for which CRM account it is. */
interface ConnectRequest {
  about: string
  state: string
  secret: string
  crmKey: string
  name: string
}

/** What became of it. `code` and `status` are for the log; neither carries anything of the request or the key. */
export type ConnectAnswer =
  | { kind: 'accepted'; apiKey: string }
  /** A clear no to this state or to our secret: the same bytes would be refused again. */
  | { kind: 'refused'; reason: 'state_refused' | 'secret_refused'; status: number; code: string | null }
  /** Said yes, or something else, in words that make no sense. */
  | { kind: 'bad_answer'; status: number; code: string }
  /** Nothing has happened at Wazzup: sending again is safe. */
  | { kind: 'not_processed'; status: number | null; code: string; retryAfter: number | null }
  /** It may have happened and the answer is lost: only the very same bytes may be sent again. */
  | { kind: 'unknown'; status: number | null; code: string }

export type Connect = (request: ConnectRequest) => Promise<ConnectAnswer>

export function createConnect(client: WazzupClient, clock: Clock): Connect {
  return async ({ about, state, secret, crmKey, name }) => {
    // The order of the fields is part of «the same bytes».
    const body = { state, secret, crmKey, name }
    const exchanged = await client.send({ method: 'POST', path: '/v3/connect', body, once: true, about })
    if (exchanged.kind === 'answer') return readAnswer(exchanged.answer, clock())
    const { sent, code, retryAfter: wait = null } = exchanged
    return sent
      ? { kind: 'unknown', status: null, code }
      : { kind: 'not_processed', status: null, code, retryAfter: wait }
  }
}

/** The key goes into headers later, so it must be a token that a header can carry (RFC 9110, 5.5; RFC 6750, 2.1). */
const Accepted = z.object({ data: z.string().regex(/^[A-Za-z0-9._~+/=-]{8,512}$/) })

function readAnswer(answer: Answer, now: Date): ConnectAnswer {
  const said = parseJson(answer.body)
  if (answer.status === 200 || answer.status === 201) {
    // Whatever else it says: a key that was handed out is not handed out again.
    const accepted = Accepted.safeParse(said)
    if (accepted.success) return { kind: 'accepted', apiKey: accepted.data.data }
  }
  const code = errorCodeOf(said)
  const status = saidStatus(answer.status, said)
  if (status === 200 || status === 201) {
    return { kind: 'bad_answer', status, code: answer.tooLarge ? 'answer_too_large' : 'answer_malformed' }
  }
  if (status === 429) {
    const wait = retryAfter(answer.headers['retry-after'], now)
    return { kind: 'not_processed', status, code: code ?? 'too_many_requests', retryAfter: wait }
  }
  if (status >= 500 || status === 408) return { kind: 'unknown', status, code: code ?? 'server_error' }
  if (status < 400) return { kind: 'bad_answer', status, code: 'unexpected_status' }
  return { kind: 'refused', reason: refusal(status, code), status, code }
}

/** No code of this route is documented: 401 and 403 speak of who asks, any other 4xx of what is asked. */
function refusal(status: number, code: string | null): 'state_refused' | 'secret_refused' {
  return status === 401 || status === 403 || code?.includes('SECRET') ? 'secret_refused' : 'state_refused'
}
