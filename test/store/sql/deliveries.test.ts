import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { minutes } from '../../../src/shared/clock.ts'
import type { TakenDelivery } from '../../../src/store/port.ts'
import { deliveries as deliveriesOf } from '../../../src/store/sql/deliveries.ts'
import type { Run } from '../../../src/store/sql/operation.ts'
import { databaseTimeOf } from '../../../src/store/sqlite/database-time.ts'
import { openSqliteStore } from '../../../src/store/sqlite/index.ts'
import { openDatabase } from '../../../src/store/sqlite/open.ts'
import { runner } from '../../../src/store/sqlite/run.ts'
import { after } from '../../../src/shared/clock.ts'
import { connected, NOON } from '../../support/attempts.ts'
import { storeTime } from '../../support/store-time.ts'
import { tempDir } from '../../support/temp-dir.ts'

const LEASE = minutes(1)
const DELIVERED = { status: 'delivered', reason: null } as const

/** Events of three customers, whose commits a test counts and can make fail when they are shared. */
async function threeCustomers() {
  const folder = await tempDir()
  const path = join(folder.path, 'wauth.db')
  const { time, setTime } = storeTime()
  await setTime(NOON)
  const teller = { seal: (text: string) => text }
  const store = await openSqliteStore(path, { ...time, teller })
  for (const account of ['acme', 'nordwind', 'delta'])
    for (const key of ['one', 'two', 'three']) await connected(store, account, `${key} of ${account}`)
  const db = openDatabase(path)
  onTestFinished(async () => {
    db.close()
    await store.close()
    await folder.remove()
  })
  const run = runner(db, databaseTimeOf(time.clock, null), teller)
  const seen = { commits: 0, sharedFails: false }
  const watched: Run = (operation, ...args) => {
    if (operation.mode === 'repeatable') seen.commits += 1
    const [first] = args
    const isShared = Array.isArray(first) && first.length > 1
    return seen.sharedFails && isShared ? Promise.reject(new Error('not together')) : run(operation, ...args)
  }
  const deliveries = deliveriesOf(watched)
  return {
    ...{ seen, deliveries, setTime },
    commitsOf: async <T>(work: () => Promise<T>) => {
      const before = seen.commits
      return { found: await work(), commits: seen.commits - before }
    },
    take: (count: number, sender = 'sender') =>
      Promise.all(
        Array.from({ length: count }, (_, i) =>
          deliveries.claimDue({ runner: `${sender} ${i}`, lease: LEASE }),
        ),
      ),
    end: (all: readonly TakenDelivery[]) => Promise.all(all.map((one) => deliveries.end(one, DELIVERED))),
  }
}

const there = (taken: readonly (TakenDelivery | null)[]) => taken.filter((one) => one !== null)

const shown = (taken: readonly (TakenDelivery | null)[]) =>
  taken.map((one) => one && `${one.crmAccountId} ${one.id.split('_').at(-1) ?? ''}`).sort()

const FIRST = ['acme 1', 'delta 1', 'nordwind 1']
const SECOND = ['acme 2', 'delta 2', 'nordwind 2']

test('those that are wanted at the same time are taken by one commit, each of another connection', async () => {
  const { take, commitsOf } = await threeCustomers()
  const { found, commits } = await commitsOf(() => take(4))
  expect(shown(there(found))).toEqual(FIRST)
  expect(found[3]).toBeNull()
  expect(commits).toBe(1)
})

test('those that end at the same time share a commit, and of each connection the next one is due', async () => {
  const { take, end, commitsOf } = await threeCustomers()
  const taken = there(await take(3))
  expect(await commitsOf(() => end(taken))).toEqual({ found: [true, true, true], commits: 1 })
  expect(shown(await take(3))).toEqual(SECOND)
})

test('what is taken while others end shares their commit, and may be what they have made due', async () => {
  const { take, end, commitsOf } = await threeCustomers()
  const taken = there(await take(3))
  const { found, commits } = await commitsOf(() => Promise.all([end(taken), take(4)]))
  expect(found[0]).toEqual([true, true, true])
  expect(shown(there(found[1]))).toEqual(SECOND)
  expect(found[1][3]).toBeNull()
  expect(commits).toBe(1)
})

test('what cannot end in one commit does not keep others from being taken', async () => {
  const { take, end, seen } = await threeCustomers()
  const [first, second] = there(await take(2))
  if (!first || !second) throw new Error('two are due')
  seen.sharedFails = true
  const [ended, taken] = await Promise.all([end([first, second]), take(1)])
  expect(ended).toEqual([true, true])
  expect(there(taken)).toHaveLength(1)
})

test('what cannot end in one commit ends one by one', async () => {
  const { take, end, commitsOf, seen } = await threeCustomers()
  const taken = there(await take(3))
  seen.sharedFails = true
  expect(await commitsOf(() => end(taken))).toEqual({ found: [true, true, true], commits: 4 })
  expect(shown(await take(3))).toEqual(SECOND)
})

test('two of one connection in one commit: the one whose claim is gone changes nothing, and the order stays', async () => {
  const { take, end, setTime } = await threeCustomers()
  const stale = there(await take(3))
  await setTime(after(NOON, 2 * LEASE))
  const again = there(await take(3, 'other'))
  expect(shown(again)).toEqual(FIRST)
  expect(await end(again)).toEqual([true, true, true])
  const second = there(await take(3))
  expect(await end([...stale, ...second])).toEqual([false, false, false, true, true, true])
  expect(shown(await take(3))).toEqual(['acme 3', 'delta 3', 'nordwind 3'])
})

test('each ends in its own way, in one commit', async () => {
  const { take, deliveries, commitsOf } = await threeCustomers()
  const [delivered, dropped, failed] = there(await take(3))
  if (!delivered || !dropped || !failed) throw new Error('three are due')
  const { commits } = await commitsOf(() =>
    Promise.all([
      deliveries.end(delivered, DELIVERED),
      deliveries.end(dropped, { status: 'dropped', reason: 'gone' }),
      deliveries.end(failed, { status: 'failed', reason: 'unreadable' }),
    ]),
  )
  const ends = await Promise.all([delivered, dropped, failed].map(({ id }) => deliveries.find(id)))
  expect(ends).toMatchObject([
    DELIVERED,
    { status: 'dropped', reason: 'gone' },
    { status: 'failed', reason: 'unreadable' },
  ])
  // Only what may still be sent keeps what it says.
  expect(ends.map((one) => one?.body() !== null)).toEqual([false, false, true])
  expect(commits).toBe(1)
  expect(shown(await take(3))).toEqual(SECOND)
})
