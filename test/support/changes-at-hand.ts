import { acceptChanges, type AskedChange } from '../../src/changes/accept.ts'
import type { ChangeDeps } from '../../src/changes/deps.ts'
import { sendSomeChanges } from '../../src/changes/run.ts'
import { createMetrics } from '../../src/observability/metrics.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { after, minutes } from '../../src/shared/clock.ts'
import type { Store } from '../../src/store/port.ts'
import { systemRandom } from '../../src/shared/random.ts'
import { createNarrowings } from '../../src/upload/narrowing.ts'
import { createReadPhone } from '../../src/upload/rules/phones.ts'
import type { CallOutcome } from '../../src/wazzup/authorized-call.ts'
import { connected, NOON } from './attempts.ts'
import { storeAtHand } from './store-at-hand.ts'

export const DONE: CallOutcome = { kind: 'done', status: 200, body: undefined }

export const refused = (code: string | null = null, data?: unknown): CallOutcome => ({
  ...{ kind: 'refused', status: 400, code, data },
})

/** One request to Wazzup: `upsert contacts c-1 c-2`. */
type Answer = (request: string, ids: string[]) => CallOutcome

interface Around {
  answer?: Answer
  /** Milliseconds until Wazzup answers; a turn is over after three seconds. */
  sendTakes?: number
  users?: string[]
  /** One of the test's own; without it an empty one that tells nobody anything. */
  store?: Store & { setTime: (to: Date) => Promise<void> }
}

export const contact = (id: string, more: object = {}): AskedChange => ({
  ...{ kind: 'contacts', op: 'upsert' },
  row: {
    ...{ id, name: 'Ann', responsibleUserId: 'u-1' },
    contactData: [{ chatType: 'whatsapp', chatId: '79011112233' }],
    ...more,
  },
})

export const user = (id: string, more: object = {}): AskedChange => ({
  ...{ kind: 'users', op: 'upsert', row: { id, name: 'Ann', ...more } },
})

export const gone = (kind: 'users' | 'contacts' | 'deals', id: string): AskedChange => ({
  ...{ kind, op: 'delete', id },
})

/** Changes of acme, which is connected, its time in the hands of the test. */
export async function changesAtHand({ answer = () => DONE, sendTakes = 0, users = [], ...own }: Around = {}) {
  const store = own.store ?? (await storeAtHand())
  await connected(store, 'acme', 'key')
  const requests: string[] = []
  let now = NOON
  const pass = (ms: number) => {
    now = after(now, ms)
  }
  const ask = (op: string) => async (kind: string, rows: readonly object[]) => {
    pass(sendTakes)
    const ids = rows.map((row) => ('id' in row ? String(row.id) : ''))
    const request = `${op} ${kind} ${ids.join(' ')}`
    requests.push(request)
    return answer(request, ids)
  }
  const deps: ChangeDeps = {
    ...{ store, readPhone: createReadPhone(null), upsert: ask('upsert'), remove: ask('delete') },
    entities: { ids: async () => ({ kind: 'read', ids: new Set(users) }), count: async () => null },
    ...{ random: systemRandom, jitter: () => 0, clock: () => now, monotonic: () => now.getTime() },
    ...{ log: createLogger('silent'), meter: createMetrics().changes },
    narrowings: createNarrowings(() => now.getTime()),
  }
  const turn = async () => {
    await store.setTime(now)
    return sendSomeChanges(deps)
  }
  return {
    ...{ store, deps, requests, turn, pass },
    put: (...asked: AskedChange[]) => acceptChanges('acme', asked, deps),
    standing: async () => {
      await store.setTime(now)
      return store.changes.find('acme')
    },
    rejects: async () =>
      (await store.changes.rejects('acme', { after: 0, limit: 1000 })).map(
        ({ kind, op, rowId, reason }) => `${op} ${kind} ${rowId} ${reason}`,
      ),
    /** Turn after turn, a minute between them; resolves to how many there were. */
    untilNothingWaits: async () => {
      for (let turns = 1; turns <= 200; turns += 1) {
        await turn()
        if ((await store.changes.find('acme'))?.waiting === 0) return turns
        pass(minutes(1))
      }
      throw new Error('they never come to an end')
    },
  }
}
