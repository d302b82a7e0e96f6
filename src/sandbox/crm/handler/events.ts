/** A webhook that was taken: whose, when, and what it said. */
export interface ReceivedEvent {
  accountId: string
  at: Date
  payload: Record<string, unknown>
}

export interface Events {
  add(event: ReceivedEvent): void
  /** In the order in which they came; of one customer or of all. */
  of(accountId?: string): ReceivedEvent[]
}

// A demonstration that runs for days must not fill the memory.
const MOST = 10_000

export function createEvents(): Events {
  const events: ReceivedEvent[] = []
  return {
    add(event) {
      events.push(event)
      if (events.length > MOST) events.shift()
    },
    of: (accountId) => events.filter((event) => accountId === undefined || event.accountId === accountId),
  }
}
