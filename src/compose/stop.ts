import type { Drain } from '../http/drain.ts'
import { seconds } from '../shared/clock.ts'
import { sleep } from '../shared/sleep.ts'
import type { Loop } from '../workers/loop.ts'

/** How long what runs may take when the service stops, before its calls to others are cut. */
const CUT_AFTER = seconds(7)

/** After this long nothing is waited for: whatever is left is as after a crash, and the next start settles it. */
export const GIVE_UP_AFTER = seconds(9)

export interface Stoppable {
  publicServer: Drain
  internalServer: Drain
  loops: Record<string, Loop>
  /** Requests under way, also those whose browsers have gone away. */
  running: ReadonlySet<Promise<unknown>>
  /** Ends the calls to others that are under way. */
  cutCalls: () => Promise<unknown>
  store: { close(): Promise<void> }
  /** Nobody has to reckon with the encryption keys of this replica any more. */
  withdraw: () => Promise<void>
  /** Sends the spans that it still holds. */
  tracing: { close(): Promise<void> }
}

/**
 * Ends the service in order; the caller has already said that it is not ready any more.
 * @param serveOn for so many milliseconds new requests are still taken: their senders have to notice first
 * @returns whether everything came to its end in time
 */
export async function stopInOrder(parts: Stoppable, serveOn: number): Promise<boolean> {
  const cut = setTimeout(() => void parts.cutCalls(), CUT_AFTER)
  let late: NodeJS.Timeout | undefined
  const gaveUp = new Promise<false>((resolve) => {
    late = setTimeout(resolve, GIVE_UP_AFTER, false)
  })
  try {
    return await Promise.race([endAll(parts, serveOn).then(() => true), gaveUp])
  } finally {
    clearTimeout(cut)
    clearTimeout(late)
  }
}

async function endAll(parts: Stoppable, serveOn: number): Promise<void> {
  const { publicServer, internalServer, loops, running, cutCalls, store, withdraw, tracing } = parts
  const loopsEnded = Promise.all(Object.values(loops).map((loop) => loop.stop()))
  publicServer.announce()
  internalServer.announce()
  if (serveOn > 0) await sleep(serveOn)
  await Promise.all([publicServer.close(), loopsEnded])
  // What runs may leave more behind, such as the tries to commit a key.
  while (running.size > 0) await Promise.allSettled(running)
  // The internal listener closes last, so monitors see «stopping» to the end. A disconnect that is under way calls Wazzup.
  await internalServer.close()
  await cutCalls()
  // Without it, it is forgotten some time later.
  await Promise.allSettled([withdraw()])
  await Promise.all([store.close(), tracing.close()])
}
