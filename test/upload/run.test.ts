import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { CrmSource, PageOutcome, SourceKind } from '../../src/crm/port.ts'
import { createMetrics } from '../../src/observability/metrics.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { after, minutes } from '../../src/shared/clock.ts'
import { systemRandom } from '../../src/shared/random.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import { isEnded } from '../../src/upload/progress.ts'
import { uploadOne } from '../../src/upload/run.ts'
import type { Upsert } from '../../src/wazzup/upsert.ts'
import { claimed, NOON, recordKey } from '../support/attempts.ts'
import { tempDir } from '../support/temp-dir.ts'

const ROWS: Record<SourceKind, object> = {
  users: { id: 'u', name: 'Ann' },
  pipelines: { id: 'p', name: 'Sales' },
  contacts: {
    ...{ id: 'c', responsibleUserId: 'u', name: 'Ben' },
    contactData: [{ chatType: 'whatsapp', chatId: '79011112233' }],
  },
  deals: { id: 'd', responsibleUserId: 'u', name: 'Trip', contacts: ['c'], closed: false },
}

const page = (kind: SourceKind): PageOutcome => ({
  kind: 'page',
  page: { items: [ROWS[kind]], next: null, total: 1 },
})

/**
 * Runs an upload to its end, however long that takes; between two turns a minute passes. A turn is over after three
 * seconds, and each page takes `pageTakes` milliseconds.
 */
async function runToEnd(page: CrmSource['page'], upsert: Upsert, pageTakes = 0) {
  const folder = await tempDir()
  const store = await openSqliteStore(join(folder.path, 'wauth.db'))
  onTestFinished(async () => {
    await store.close()
    await folder.remove()
  })
  await recordKey(store, await claimed(store, 'acme'), 'key', true)
  let now = NOON
  const deps = {
    ...{ store, upsert, webhooksUrl: null, random: systemRandom, jitter: () => 0 },
    source: {
      page: (request: Parameters<typeof page>[0]) => {
        now = new Date(now.getTime() + pageTakes)
        return page(request)
      },
      close: async () => undefined,
    },
    webhooks: { read: () => Promise.reject(new Error()), change: () => Promise.reject(new Error()) },
    ...{ clock: () => now, log: createLogger('silent') },
    meter: createMetrics().upload,
  }
  for (let turn = 0; turn < 200; turn += 1) {
    await uploadOne(deps)
    const upload = await store.uploads.find('acme')
    if (upload && isEnded(upload))
      return { ...upload, minutes: (now.getTime() - NOON.getTime()) / minutes(1) }
    now = after(now, minutes(1))
  }
  throw new Error('it never ends')
}

const good: Upsert = async () => ({ kind: 'done', status: 200, body: undefined })

test('a kind that the CRM cannot export is given up after half an hour, and those after it are sent', async () => {
  const broken: PageOutcome = { kind: 'unavailable', code: 'export_failed', status: 500, retryAfter: null }
  const upload = await runToEnd(async ({ kind }) => (kind === 'contacts' ? broken : page(kind)), good)
  expect(upload).toMatchObject({ status: 'failed', reason: 'export_failed' })
  expect(upload.steps.map(({ kind, status, reason }) => [kind, status, reason])).toEqual([
    ['users', 'done', null],
    ['pipelines', 'done', null],
    ['contacts', 'failed', 'export_failed'],
    ['deals', 'done', null],
  ])
  expect(upload.minutes).toBeGreaterThan(25)
  expect(upload.minutes).toBeLessThan(35)
})

test('the only row of a batch, when Wazzup breaks down over it, does not keep the other kinds', async () => {
  const upload = await runToEnd(
    async ({ kind }) => page(kind),
    async (kind) =>
      kind === 'users'
        ? { kind: 'unavailable', status: 500, code: 'server_error', maybeDone: true }
        : { kind: 'done', status: 200, body: undefined },
  )
  expect(upload.steps.map(({ kind, status }) => [kind, status])).toEqual([
    ['users', 'failed'],
    ['pipelines', 'done'],
    ['contacts', 'done'],
    ['deals', 'done'],
  ])
})

test('no row is left out of a page that has changed while it was sent, whatever its rows are like', async () => {
  const rows = Array.from({ length: 999 }, (_, n) => ({
    ...ROWS.contacts,
    id: n === 99 || n === 900 ? '' : `c${n}`,
  }))
  const arrived = new Set<string>()
  let reads = 0
  const upload = await runToEnd(
    async ({ kind }) => {
      if (kind !== 'contacts') return page(kind)
      reads += 1
      const fresh = Array.from({ length: reads }, (_, n) => ({ ...ROWS.contacts, id: `new${n}` }))
      return { kind: 'page', page: { items: [...fresh, ...rows], next: null, total: null } }
    },
    async (kind, sent) => {
      if (kind === 'contacts') for (const row of sent) arrived.add((row as { id: string }).id)
      return { kind: 'done', status: 200, body: undefined }
    },
    4000,
  )
  expect(reads).toBeGreaterThan(5)
  expect(upload.status).toBe('done_with_rejects')
  expect(rows.filter(({ id }) => id !== '' && !arrived.has(id))).toEqual([])
})
