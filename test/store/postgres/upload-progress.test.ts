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

// An upload's commit keeps the upload first, and then the changes: the other way round each would wait for the other.
test('a reconnect keeps the upload before the changes', async () => {
  const { database, store } = await untilTestEnds(running())
  await store.changes.accept('acme', [CHANGE])
  const newer = await claimed(store, 'acme')
  const other = await database.hold('SELECT 1 FROM uploads FOR UPDATE')
  const reconnecting = recordKey(store, newer, 'newer-key')
  await other.somebodyWaits()
  expect((await other.query('SELECT 1 FROM change_queues FOR UPDATE NOWAIT')).rowCount).toBe(1)
  await other.release()
  expect(await reconnecting).toBe(true)
})

test('changes wait for an upload that is claimed at the very moment of a reconnect', async () => {
  const { database, store } = await untilTestEnds(running())
  await store.uploads.start('acme', ['contacts'], NOON)
  await store.changes.accept('acme', [CHANGE])
  const newer = await claimed(store, 'acme')
  const other = await database.hold(
    `UPDATE uploads SET status = 'running', runner = 'runner-2', due_at = due_at + ${LEASE}`,
  )
  const reconnecting = recordKey(store, newer, 'newer-key')
  await other.somebodyWaits()
  await other.query('COMMIT')
  await other.release()
  expect(await reconnecting).toBe(true)
  const lease = { runner: 'sender', lease: LEASE }
  expect(await store.changes.claimDue(lease)).toBeNull()
  await database.moveTime(LEASE)
  expect(await store.changes.claimDue(lease)).not.toBeNull()
})
