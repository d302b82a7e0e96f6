import type { IncomingHttpHeaders } from 'node:http'
import { Webhook } from 'standardwebhooks'
import type { Dispatcher } from 'undici'
import { seconds, type Clock } from '../shared/clock.ts'
import { retryAfter } from '../shared/retry-after.ts'
import { USER_AGENT } from '../shared/version.ts'
import { transportCode } from '../upstream/before-sending.ts'
import { STRAIGHT, type WayOut } from '../config/way-out.ts'
import { agentFor } from '../upstream/way-out.ts'
import { RECEIVER_DEADLINE, type EventReceiver, type Receipt, type Refusal } from './port.ts'

export interface ReceiverOptions {
  /** `EVENTS_URL`. */
  url: URL
  /** `EVENTS_SECRET` and, during a change, the one before: each signs. */
  secrets: readonly { reveal(): string }[]
  clock: Clock
  /** Without it straight, by the authorities of Node. */
  wayOut?: WayOut
  /** Milliseconds. */
  deadline?: number
}

/** Bytes of an answer. What it says is not looked at; it is read so that the connection can be used again. */
const MOST_ANSWER = 64 * 1024

/** Sends events as Standard Webhooks says: see docs/events.md. Redirects are not followed. */
export function createEventReceiver(options: ReceiverOptions): EventReceiver {
  const agent = agentFor(options.wayOut ?? STRAIGHT)
  const signers = options.secrets.map((secret) => new Webhook(secret.reveal()))
  const { url, clock, deadline = RECEIVER_DEADLINE } = options
  const where = { origin: url.origin, path: `${url.pathname}${url.search}`, method: 'POST' } as const
  return {
    async post({ id, body }) {
      const now = clock()
      const headers = {
        'content-type': 'application/json',
        'user-agent': USER_AGENT,
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(now.getTime() / seconds(1))),
        'webhook-signature': signers.map((signer) => signer.sign(id, now, body)).join(' '),
      }
      try {
        const answer = await send(agent, { ...where, headers, body }, deadline)
        return receiptOf(answer.status, retryAfter(answer.headers['retry-after'], clock()))
      } catch (error) {
        const code = error instanceof TooLate ? 'events_too_slow' : 'events_out_of_reach'
        return { ...refused(code), transport: transportCode(error) }
      }
    },
    close: () => agent.destroy(),
  }
}

class TooLate extends Error {
  override readonly name = 'TimeoutError'
}

interface Answer {
  status: number
  headers: IncomingHttpHeaders
}

/**
 * Makes one request. The first line of its answer says what became of it, whatever becomes of the rest. It asks the dispatcher
 * itself: `request` would make a stream of each answer, and want a signal for each deadline, which goes off long after the answer.
 */
function send(agent: Dispatcher, request: Dispatcher.DispatchOptions, deadline: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let [started, tooLong]: [Dispatcher.DispatchController?, Error?] = []
    let answer: Answer | undefined
    let left = MOST_ANSWER
    const end = (error: Error | null) => {
      clearTimeout(late)
      if (answer) resolve(answer)
      else reject(error ?? new Error('There was no answer'))
    }
    const cut = (reason: Error) => {
      tooLong = reason
      started?.abort(reason)
      end(reason)
    }
    const late = setTimeout(() => {
      cut(new TooLate('The receiver has not answered in time'))
    }, deadline)
    agent.dispatch(request, {
      onRequestStart: (controller) => {
        started = controller
        if (tooLong) controller.abort(tooLong)
      },
      onResponseStart: (_, status, headers) => {
        // Others may come before it, RFC 9110, section 15.2.
        if (status >= 200) answer = { status, headers }
      },
      onResponseData: (_, chunk) => {
        left -= chunk.length
        if (left < 0) cut(new Error('The answer is too long'))
      },
      onResponseEnd: () => {
        // No error is made that nobody reads: its stack takes longer than all the rest here.
        end(null)
      },
      onResponseError: (_, error) => {
        end(error)
      },
    })
  })
}

function receiptOf(status: number, wait: number | null): Receipt {
  if (status >= 200 && status < 300) return { kind: 'taken' }
  if (status === 410) return { kind: 'unwanted' }
  if (status === 429 || status === 503) return refused('events_busy', status, wait)
  return refused(status >= 500 ? 'events_failed' : 'events_refused', status, wait)
}

const refused = (code: string, status: number | null = null, wait: number | null = null): Refusal => ({
  ...{ kind: 'refused', code, status, retryAfter: wait },
})
