import { USER_AGENT } from '../shared/version.ts'
import { maybeSent, transportCode } from '../upstream/before-sending.ts'
import { STRAIGHT, type WayOut } from '../config/way-out.ts'
import { agentFor, singleUsePool } from '../upstream/way-out.ts'
import { exchange, type Reply } from '../upstream/exchange.ts'
import { TooLarge } from '../upstream/read-body.ts'

/** Wazzup answered. `body` is null when there was more than the limit, or nothing that can be decoded. */
export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string | null
  tooLarge: boolean
}

/**
 * No usable answer. `sent: false` means that nothing can have reached Wazzup; otherwise it may have acted.
 * `code` is the transport's own word (`ECONNREFUSED`, …), safe to log.
 */
interface NoAnswer {
  sent: boolean
  code: string
  /** When it makes sense to ask again, in milliseconds; only where that is known. */
  retryAfter?: number
}

export type Exchanged = { kind: 'answer'; answer: Answer } | ({ kind: 'no_answer' } & NoAnswer)

/** One request to Wazzup. */
export interface Call {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Under the API's origin, with its query. */
  path: string
  /** Sent as bearer; without it the request has no `Authorization`. */
  apiKey?: string
  /** Only `wauth check` sends one, to the service itself. */
  cookie?: string
  body?: object
  /** Its effect must not happen twice, so it has a connection of its own: see `reset` below. */
  once?: true
  /** From the call to the last byte of the answer, in milliseconds; by default the client's own. */
  deadline?: number
  /** Bytes of the answer's body; by default the client's own. */
  maxAnswer?: number
  /** Names the trace that the call belongs to (W3C Trace Context). */
  traceparent?: string
  /** Ends the call early. */
  signal?: AbortSignal
  /** For which CRM account it is; without it the apiKey says that. Not sent: see `gated-client.ts`. */
  about?: string
}

/** Speaks to Wazzup's API: deadline over the whole answer, a size limit, and never a redirect followed. */
export interface WazzupClient {
  send(call: Call): Promise<Exchanged>
  close(): Promise<void>
}

export interface WazzupClientOptions {
  apiUrl: URL
  /** Without it straight, by the authorities of Node. */
  wayOut?: WayOut
  /** See `Call`: what holds where a call says nothing else. */
  deadline: number
  maxAnswer: number
}

export function createWazzupClient({
  apiUrl,
  wayOut = STRAIGHT,
  ...limits
}: WazzupClientOptions): WazzupClient {
  const agent = agentFor(wayOut)
  const singleUse = singleUsePool(wayOut, apiUrl.origin)
  const targetOf = targetsAt(apiUrl)

  return {
    async send(call) {
      const { path, deadline = limits.deadline, maxAnswer = limits.maxAnswer } = call
      try {
        const request = { ...requestOf(call), ...targetOf(path) }
        const terms = { deadline, limit: maxAnswer, charset: ELSE_BYTE_BY_BYTE, signal: call.signal }
        return {
          kind: 'answer',
          answer: answerOf(await exchange(call.once ? singleUse : agent, request, terms)),
        }
      } catch (error) {
        return { kind: 'no_answer', ...explain(error) }
      }
    },
    // Not `close()`: that would wait for an answer which may never come.
    close: async () => {
      await Promise.all([agent.destroy(), singleUse.destroy()])
    },
  }
}

/** Where a path leads. The latest is kept: all batches of an upload have the same. */
function targetsAt(apiUrl: URL) {
  let latest = { given: '/', origin: apiUrl.origin, path: '/' }
  return (given: string) => {
    if (given !== latest.given) {
      const { origin, pathname, search } = new URL(given, apiUrl)
      latest = { given, origin, path: `${pathname}${search}` }
    }
    return { origin: latest.origin, path: latest.path }
  }
}

const requestOf = ({ method, apiKey, cookie, body, once, traceparent }: Call) => ({
  method,
  headers: {
    ...{ accept: 'application/json', 'user-agent': USER_AGENT },
    'accept-encoding': 'identity',
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
    ...(cookie !== undefined && { cookie }),
    ...(traceparent !== undefined && { traceparent }),
  },
  body: body === undefined ? null : JSON.stringify(body),
  // A kept socket may be closed under the request; then nobody knows whether it was read.
  reset: once === true,
})

/**
 * JSON is UTF-8 whatever a content type says (RFC 8259, 8.1 and 11). What we use of an answer is ASCII: a stray byte in another
 * place must not lose it, least of all an apiKey.
 */
const ELSE_BYTE_BY_BYTE = 'iso-8859-1'

function answerOf({ status, headers, body }: Reply): Answer {
  return typeof body === 'string'
    ? { status, headers, body, tooLarge: false }
    : { status, headers, body: null, tooLarge: body instanceof TooLarge }
}

function explain(error: unknown): NoAnswer {
  const code = transportCode(error)
  return { sent: maybeSent(code), code }
}
