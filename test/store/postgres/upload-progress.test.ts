import { expect, onTestFinished, test } from 'vitest'
import { minutes } from '../../../src/shared/clock.ts'
import { openPostgresStore } from '../../../src/store/postgres/index.ts'
import { claimed, NOON, recordKey } from '../../support/attempts.ts'
import { untilTestEnds } from '../../support/fixture.ts'
import { testDatabase } from '../../support/postgres/test-database.ts'

const LEASE = minutes(2)
const [NOTHING, HERE] = [
  { cursor: null, rowOnPage: 0, lastRow: null, pages: 0, landmark: null, total: null, runsFor: null },
  { kind: 'contacts', status: 'running', reason: null },
] as const

const upTo = (read: number) => ({
  steps: [{ ...NOTHING, ...HERE, read, sent: read, rejected: 0 }],
  rejects: [],
  lease: LEASE,
})

const CHANGE = { id: 'change-1', kind: 'contacts', rowId: 'c-1', row: 'sealed' } as const

async function running() {
  const database = await testDatabase()
  await database.setTime(NOON)
  const store = await openPostgresStore(database.url)
  const stop = async () => {
    await store.close()
    await database.remove()
  }
  await recordKey(store, await claimed(store, 'acme'), 'the-key', true)
  const claim = await store.uploads.claimDue({ runner: 'runner-1', lease: LEASE })
  if (!claim) throw new Error('nothing was due')
  expect(await store.uploads.commit(claim, upTo(100))).toBe('goes_on')
  return { database, store, claim, stop }
}

test.each([
  ['has taken the claim over', "UPDATE uploads SET runner = 'runner-2'"],
  ['has ended the upload', "UPDATE uploads SET status = 'done', due_at = NULL, runner = NULL"],
])('progress that waited for a replica which %s is not written down', async (_, sql) => {
  const { database, store, claim } = await untilTestEnds(running())
  const other = await database.hold(sql)
  onTestFinished(() => other.release())
  const waiting = store.uploads.commit(claim, upTo(200))
  await other.somebodyWaits()
  await other.query('COMMIT')
  expect(await waiting).toBe('gone')
  expect((await store.uploads.find('acme'))?.steps).toMatchObject([{ read: 100 }])
})

test('progress that waited for a replica which only looked is written down', async () => {
  const { database, store, claim } = await untilTestEnds(running())
  const other = await database.hold('SELECT 1 FROM uploads FOR UPDATE')
  const waiting = store.uploads.commit(claim, upTo(200))
  await other.somebodyWaits()
  await other.release()
  expect(await waiting).toBe('goes_on')
  expect((await store.uploads.find('acme'))?.steps).toMatchObject([{ read: 200 }])
})

// A reconnect keeps the changes first, and then the uploads: the other way round each would wait for the other.
test('what an upload has brought is written down with the changes kept before the upload', async () => {
  const { database, store, claim } = await untilTestEnds(running())
  await store.changes.accept('acme', [CHANGE])
  const other = await database.hold('SELECT 1 FROM change_queues FOR UPDATE')
  const brought = { kind: 'contacts', ids: ['c-1'], upTo: 1 } as const
  const waiting = store.uploads.commit(claim, { ...upTo(200), brought })
  await other.somebodyWaits()
  expect((await other.query('SELECT 1 FROM uploads FOR UPDATE NOWAIT')).rowCount).toBe(1)
  await other.release()
  expect(await waiting).toBe('goes_on')
  expect(await store.changes.find('acme')).toMatchObject({ waiting: 0, dropped: 1 })
})
