import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'

export interface OutboxOptions {
  /** The connector's internal listener, and its bearer token. */
  internalUrl: string
  internalToken: string
}

/** What the CRM has changed, on its way to the connector: as a vendor's own programs would pass it on. */
export interface Outbox {
  /** Passes a changed row on, in order, and comes again until the connector has it, or wants none. */
  upsert(accountId: string, kind: 'contacts', row: object): void
  close(): void
}

const AGAIN = 500

/** Nobody is connected there, or not any more: an upload brings everything. */
const OVER = [202, 404, 409]

export function createOutbox({ internalUrl, internalToken }: OutboxOptions): Outbox {
  const closing = new AbortController()
  let last: Promise<void> = Promise.resolve()

  async function passOn(accountId: string, changes: object[]) {
    const url = `${internalUrl}/v1/connections/${encodeURIComponent(accountId)}/changes`
    const headers = { authorization: `Bearer ${internalToken}`, 'content-type': 'application/json' }
    const body = JSON.stringify({ changes })
    while (!closing.signal.aborted) {
      const answer = await request(url, { method: 'POST', headers, body, signal: closing.signal }).catch(
        () => null,
      )
      await answer?.body.dump()
      if (answer && OVER.includes(answer.statusCode)) return
      await sleep(AGAIN, undefined, { signal: closing.signal }).catch(() => undefined)
    }
  }

  return {
    upsert(accountId, kind, row) {
      last = last.then(() => passOn(accountId, [{ kind, op: 'upsert', row }]))
    },
    close: () => {
      closing.abort()
    },
  }
}
