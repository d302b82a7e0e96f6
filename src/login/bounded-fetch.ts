import { request } from 'undici'
import { isLoopback } from '../config/loopback.ts'
import { AppError } from '../shared/app-error.ts'
import { isOfProxy, maybeSent, transportCode } from '../upstream/before-sending.ts'
import { troubleOf, type Trouble } from '../upstream/connection-trouble.ts'
import { STRAIGHT, type WayOut } from '../config/way-out.ts'
import { agentFor } from '../upstream/way-out.ts'
import { USER_AGENT } from '../shared/version.ts'
import type { Gate, Sign } from '../upstream/gate.ts'
import { seconds } from '../shared/clock.ts'
import type { FailureCode } from './failures.ts'
import { sentence, type Facts } from './login-refused.ts'

/** The other side gave no usable answer. Nothing is known about the person, so trying again makes sense. */
export class PeerUnavailable extends AppError {
  /** Of an answer that is of no use; null without any. */
  readonly status: number | null
  /** Where the way to it is to blame. */
  readonly trouble: Trouble | null

  constructor(code: FailureCode, facts: Facts = {}, cause?: unknown) {
    const trouble = cause === undefined ? null : troubleOf(transportCode(cause))
    const hint = sentence(code, facts) + (trouble ? ` Seen: ${trouble.says}. ${trouble.next}` : '')
    super('The login of the CRM gave no usable answer', { code, hint, cause })
    this.status = facts.status ?? null
    this.trouble = trouble
  }
}

/** What of fetch's options the OpenID and JOSE libraries use; their other ones are decided here. */
interface Outgoing {
  method: string
  headers: Headers | Record<string, string>
  body?: unknown
}

export interface BoundedFetch {
  /**
   * Like fetch, for libraries that accept one: the whole answer is read, redirects are answers like any other.
   * @throws {PeerUnavailable} no answer in time, one too large, a 5xx or 429, or an address that is not allowed
   */
  fetch: (url: string, options: Outgoing) => Promise<Response>
  /** Ends what is still under way. */
  close: () => Promise<void>
}

export interface Bounds {
  allowHttpLoopback: boolean
  /** Without it straight, by the authorities of Node. */
  wayOut?: WayOut
  /** What the peer is told that asks. */
  userAgent?: string
  /** From the call to the last byte, in milliseconds. */
  deadline?: number
  /** Bytes of one answer. */
  maxBytes?: number
  /** Lets every call through, or keeps it from a peer that is down. */
  gate?: Gate
}

/** How many errors a library wraps around one of our own, at most. */
const DEPTH = 4

export function createBoundedFetch(bounds: Bounds): BoundedFetch {
  const { allowHttpLoopback, deadline = seconds(10), maxBytes = 256 * 1024, gate } = bounds
  const { wayOut = STRAIGHT, userAgent = USER_AGENT } = bounds
  const agent = agentFor(wayOut, { maxResponseSize: maxBytes })

  async function fetch(url: string, { method, headers, body }: Outgoing): Promise<Response> {
    if (!isAllowed(url, allowHttpLoopback)) throw new PeerUnavailable('peer_address_not_allowed')
    const answer = await through(gate, method, async () => {
      const received = await request(url, {
        dispatcher: agent,
        method,
        // The libraries name themselves.
        headers: { ...Object.fromEntries(new Headers(headers)), 'user-agent': userAgent },
        body: body instanceof URLSearchParams ? body.toString() : null,
        signal: AbortSignal.timeout(deadline),
      })
      return { ...received, text: await received.body.text() }
    })
    const { statusCode: status, text } = answer
    if (status >= 500 || status === 429) throw new PeerUnavailable('peer_failed', { status })
    return new Response(text === '' ? null : text, { status, headers: flatten(answer.headers) })
  }

  return { fetch, close: () => agent.destroy() }
}

/** Only https, so that nobody between the two can answer; http for a peer on this machine, where that is allowed. */
export function isAllowed(address: string, allowHttpLoopback: boolean): boolean {
  const url = URL.parse(address)
  if (url?.protocol === 'http:') return allowHttpLoopback && isLoopback(url.hostname)
  return url?.protocol === 'https:'
}

/** The peer's failure behind an error that a library has wrapped, or null when it is about something else. */
export function peerFailure(error: unknown, depth = 0): PeerUnavailable | null {
  if (error instanceof PeerUnavailable) return error
  return error instanceof Error && depth < DEPTH ? peerFailure(error.cause, depth + 1) : null
}

async function through<T extends { statusCode: number }>(
  gate: Gate | undefined,
  method: string,
  send: () => Promise<T>,
) {
  const pass = await gate?.enter()
  if (pass?.kind === 'refused') throw new PeerUnavailable(`peer_${pass.code}`)
  const signOf = method === 'POST' ? signOfTrade : signOfDocument
  try {
    const answer = await send()
    pass?.done(signOf(answer.statusCode))
    return answer
  } catch (error) {
    const code = transportCode(error)
    pass?.done(isOfProxy(code) ? 'silent' : signOf(null, code))
    throw new PeerUnavailable(reasonOf(error), {}, error)
  }
}

/** A 500 may be the answer to one request only; the others are about the server, as is none at all (null). */
function signOfDocument(status: number | null): Sign {
  if (status === null || status > 501) return 'down'
  return status < 500 ? 'up' : 'silent'
}

/** A code can be made up by a stranger, and may be refused, choked on or hung over. A good one cannot be. */
function signOfTrade(status: number | null, code = ''): Sign {
  if (status === null) return maybeSent(code) ? 'silent' : 'down'
  return status < 300 ? 'up' : 'silent'
}

function reasonOf(error: unknown): FailureCode {
  if (!(error instanceof Error)) return 'peer_unreachable'
  if (error.name === 'TimeoutError') return 'peer_too_slow'
  return error.name === 'ResponseExceededMaxSizeError' ? 'peer_answer_too_large' : 'peer_unreachable'
}

function flatten(headers: Record<string, string | string[] | undefined>): Headers {
  const flat = new Headers()
  for (const [name, value = []] of Object.entries(headers)) {
    for (const one of [value].flat()) flat.append(name, one)
  }
  return flat
}
