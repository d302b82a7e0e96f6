import { Webhook } from 'standardwebhooks'
import { seconds, type Clock } from '../shared/clock.ts'
import { retryAfter } from '../shared/retry-after.ts'
import { USER_AGENT } from '../shared/version.ts'
import { transportCode } from '../upstream/before-sending.ts'
import { STRAIGHT, type WayOut } from '../config/way-out.ts'
import { exchange } from '../upstream/exchange.ts'
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

/** The first line of an answer says what became of an event, whatever becomes of the rest. More bytes than this are not read. */
const HEAD_ONLY = { headOnly: true, limit: 64 * 1024 } as const

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
        const answer = await exchange(agent, { ...where, headers, body }, { ...HEAD_ONLY, deadline })
        return receiptOf(answer.status, retryAfter(answer.headers['retry-after'], clock()))
      } catch (error) {
        const transport = transportCode(error)
        return { ...refused(transport === 'deadline' ? 'events_too_slow' : 'events_out_of_reach'), transport }
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
