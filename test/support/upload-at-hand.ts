import type { CrmSource, PageOutcome, SourceKind } from '../../src/crm/port.ts'
import { createMetrics } from '../../src/observability/metrics.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { after, minutes } from '../../src/shared/clock.ts'
import { systemRandom } from '../../src/shared/random.ts'
import type { UploadDeps } from '../../src/upload/deps.ts'
import { isEnded } from '../../src/upload/progress.ts'
import { createNarrowings } from '../../src/upload/narrowing.ts'
import { createRooms } from '../../src/upload/room.ts'
import { createReadPhone } from '../../src/upload/rules/phones.ts'
import { uploadOne } from '../../src/upload/run.ts'
import type { Upsert } from '../../src/wazzup/upsert.ts'
import { claimed, NOON, recordKey } from './attempts.ts'
import { storeAtHand } from './store-at-hand.ts'

export const ROWS: Record<SourceKind, object> = {
  users: { id: 'u', name: 'Ann' },
  pipelines: { id: 'p', name: 'Sales' },
  contacts: {
    ...{ id: 'c', responsibleUserId: 'u', name: 'Ben' },
    contactData: [{ chatType: 'whatsapp', chatId: '79011112233' }],
  },
  deals: { id: 'd', responsibleUserId: 'u', name: 'Trip', contacts: ['c'], closed: false },
}

/** The one page of a kind, with one row. */
export const page = (kind: SourceKind): PageOutcome => ({
  kind: 'page',
  page: { items: [ROWS[kind]], next: null, total: 1 },
})

export const DONE = { kind: 'done', status: 200, body: undefined } as const

const good: Upsert = async () => DONE

interface Around {
  upsert?: Upsert
  /** Milliseconds until a page comes, and until Wazzup answers; a turn is over after three seconds. */
  pageTakes?: number
  sendTakes?: number
  /** Pipelines that Wazzup says it has. */
  pipelines?: string[]
  /** Users whom it has, and how many it says that it has of a kind. */
  users?: () => string[]
  counts?: Partial<Record<SourceKind, number>>
  /** The steps that somebody has started, when it was not the connect that did. */
  started?: SourceKind[]
  change?: (deps: UploadDeps) => UploadDeps
}

/** An upload of acme that is due, its time in the hands of the test. */
export async function uploadAtHand(page: CrmSource['page'], around: Around = {}) {
  const {
    upsert = good,
    pageTakes = 0,
    sendTakes = 0,
    pipelines = [],
    users = () => [],
    counts = {},
    change = (deps: UploadDeps) => deps,
  } = around
  const store = await connectedStore(around.started)
  let now = NOON
  const pass = (ms: number) => {
    now = after(now, ms)
  }
  const deps = change({
    ...{ store, webhooksUrl: null, readPhone: createReadPhone(null), random: systemRandom, jitter: () => 0 },
    source: {
      page: (request) => {
        pass(pageTakes)
        return page(request)
      },
      close: async () => undefined,
    },
    upsert: (...request) => {
      pass(sendTakes)
      return upsert(...request)
    },
    entities: {
      ids: async (kind) => ({ kind: 'read', ids: new Set(kind === 'pipelines' ? pipelines : users()) }),
      count: async (kind) => counts[kind] ?? null,
    },
    webhooks: { read: () => Promise.reject(new Error()), change: () => Promise.reject(new Error()) },
    ...{ clock: () => now, monotonic: () => now.getTime(), log: createLogger('silent') },
    meter: createMetrics().upload,
    narrowings: createNarrowings(() => now.getTime()),
    rooms: createRooms(() => now.getTime()),
  })
  let other = createNarrowings(() => now.getTime())
  return {
    store,
    now: () => now,
    /** So many milliseconds pass, in which nobody works. */
    pass,
    work: () => uploadOne(deps),
    /** The other one of two processes has the next turns, with a memory of its own. */
    change: () => {
      ;[deps.narrowings, other] = [other, deps.narrowings]
    },
    /** Another process goes on: what was in memory only is gone. */
    restart: () => {
      deps.narrowings = createNarrowings(() => now.getTime())
      deps.rooms = createRooms(() => now.getTime())
    },
    /** One turn; resolves to how the upload stands then. */
    turn: async () => {
      await store.setTime(now)
      await uploadOne(deps)
      const upload = await store.uploads.find('acme')
      if (!upload) throw new Error('there is no upload')
      return upload
    },
  }
}

/** Runs an upload to its end, however long that takes; between two turns a minute passes. */
export async function runToEnd(page: CrmSource['page'], around: Around = {}) {
  const { store, turn, pass, now } = await uploadAtHand(page, around)
  for (let turns = 1; turns <= 400; turns += 1) {
    const upload = await turn()
    if (isEnded(upload)) {
      const rejects = await store.uploads.rejects(upload.generationId, { after: 0, limit: 1000 })
      return { ...upload, rejects, minutes: (now().getTime() - NOON.getTime()) / minutes(1), turns }
    }
    pass(minutes(1))
  }
  throw new Error('it never ends')
}

async function connectedStore(started?: SourceKind[]) {
  const store = await storeAtHand()
  await recordKey(store, await claimed(store, 'acme'), 'key', !started)
  if (started) await store.uploads.start('acme', started, NOON)
  return store
}
