import { Webhook } from 'standardwebhooks'
import { request } from 'undici'
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
  return {
    async post({ id, body }) {
      const now = clock()
      const signature = signers.map((signer) => signer.sign(id, now, body)).join(' ')
      try {
        const answer = await request(url, {
          ...{ dispatcher: agent, method: 'POST', body, signal: AbortSignal.timeout(deadline) },
          headers: {
            'content-type': 'application/json',
            'user-agent': USER_AGENT,
            'webhook-id': id,
            'webhook-timestamp': String(Math.floor(now.getTime() / seconds(1))),
            'webhook-signature': signature,
          },
        })
        // The first line says whether it was taken, whatever becomes of the rest.
        await answer.body.dump({ limit: MOST_ANSWER }).catch(() => undefined)
        return receiptOf(answer.statusCode, retryAfter(answer.headers['retry-after'], clock()))
      } catch (error) {
        const isLate = error instanceof Error && error.name === 'TimeoutError'
        const code = isLate ? 'events_too_slow' : 'events_out_of_reach'
        return { ...refused(code), transport: transportCode(error) }
      }
    },
    close: () => agent.destroy(),
  }
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
