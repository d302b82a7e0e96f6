import { randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { Webhook } from 'standardwebhooks'

/** An event of the connector that was taken: its signature is good, and it was not there before. */
export interface ToldEvent {
  id: string
  at: Date
  type: string
  data: Record<string, unknown>
}

/** What the connector tells the CRM of its customers' connections. */
export interface Told {
  /** What the connector signs with: `EVENTS_SECRET`. */
  secret: string
  /** False when it is not from the connector. `raw`: the bytes as they came. */
  take(headers: IncomingHttpHeaders, raw: string, at: Date): boolean
  /** In the order in which they came. */
  all(): readonly ToldEvent[]
}

// A demonstration that runs for days must not fill the memory.
const MOST = 10_000

/** A receiver as the connector's documents want one: it verifies by the library of the standard, and knows what came twice. */
export function createTold(): Told {
  const secret = `whsec_${randomBytes(32).toString('base64')}`
  const webhook = new Webhook(secret)
  const events = new Map<string, ToldEvent>()
  return {
    secret,
    take(headers, raw, at) {
      let event: Pick<ToldEvent, 'type' | 'data'>
      try {
        event = webhook.verify(raw, headers as Record<string, string>) as typeof event
      } catch {
        return false
      }
      const id = String(headers['webhook-id'])
      if (!events.has(id)) events.set(id, { id, at, type: event.type, data: event.data })
      const [oldest] = events.keys()
      if (events.size > MOST && oldest !== undefined) events.delete(oldest)
      return true
    },
    all: () => [...events.values()],
  }
}
