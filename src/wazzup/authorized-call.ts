import type { Clock } from '../shared/clock.ts'
import type { Call, Exchanged, WazzupClient } from './client.ts'
import { errorCodeOf, saidStatus } from './error-code.ts'
import { parseJson } from '../shared/parse-json.ts'
import { retryAfter } from '../shared/retry-after.ts'

/**
 * What Wazzup said to a call with an apiKey. `code` is its error code in capitals, or the transport's own word; neither
 * it nor `status` carries anything of the request, so both may be logged and shown.
 */
export type CallOutcome =
  /** `body` is the parsed JSON; undefined when there was none, as is usual after a change (fact sheet, 2.2). */
  | { kind: 'done'; status: number; body: unknown }
  /** 401, or 403 wherever it is sent: no key of Wazzup's, or not any more. */
  | { kind: 'key_refused'; status: 401 | 403; code: string | null }
  /** 403: a good key, but this route is closed to it. */
  | { kind: 'forbidden'; status: 403; code: string | null }
  /** Any other 4xx: the same request would be refused again. `data` says which part, in the shape of the route. */
  | { kind: 'refused'; status: number; code: string | null; data: unknown }
  /** 429: nothing has happened; `retryAfter` in milliseconds, if Wazzup says. */
  | { kind: 'rate_limited'; status: 429; retryAfter: number | null }
  /**
   * No usable answer. `maybeDone`: the request may have had its effect. `heldBack`: nothing was asked, as our own gate lets
   * nothing through, and it makes sense to ask after so many milliseconds.
   */
  | { kind: 'unavailable'; status: number | null; code: string; maybeDone: boolean; heldBack?: number }

export type AuthorizedCall = (call: Call & { apiKey: string }) => Promise<CallOutcome>

/** Makes calls whose answers come sorted by what has to be done next. */
export const createAuthorizedCall =
  (client: WazzupClient, clock: Clock): AuthorizedCall =>
  async (call) =>
    outcomeOf(await client.send(call), clock())

/** Sorts what became of a call with an apiKey. */
export function outcomeOf(exchanged: Exchanged, now: Date): CallOutcome {
  if (exchanged.kind === 'no_answer') {
    const { code, sent, retryAfter: heldBack } = exchanged
    return {
      ...{ kind: 'unavailable', status: null, code, maybeDone: sent },
      ...(heldBack !== undefined && { heldBack }),
    }
  }
  const { headers, body, tooLarge } = exchanged.answer
  const said = parseJson(body)
  const status = saidStatus(exchanged.answer.status, said)
  if (tooLarge) return { kind: 'unavailable', status, code: 'answer_too_large', maybeDone: true }
  // A proxy or a captive portal answers in Wazzup's place, and with a page.
  if (status < 300 && /^\s*</.test(body ?? ''))
    return { kind: 'unavailable', status, code: 'not_wazzup', maybeDone: true }
  if (status >= 200 && status < 300) return { kind: 'done', status, body: said }
  const code = errorCodeOf(said)
  if (status === 401) return { kind: 'key_refused', status, code }
  if (status === 403) return { kind: 'forbidden', status, code }
  if (status === 429) {
    return { kind: 'rate_limited', status, retryAfter: retryAfter(headers['retry-after'], now) }
  }
  if (status >= 500 || status === 408) {
    return { kind: 'unavailable', status, code: code ?? 'server_error', maybeDone: true }
  }
  // A redirect is never followed: where the key would go is Wazzup's choice, not a header's.
  if (status < 400) return { kind: 'unavailable', status, code: 'unexpected_status', maybeDone: false }
  return { kind: 'refused', status, code, data: dataOf(said) }
}

const dataOf = (said: unknown): unknown =>
  typeof said === 'object' && said !== null && 'data' in said ? said.data : undefined
