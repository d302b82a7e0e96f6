import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { digest } from '../../../src/crypto/digest.ts'
import { after, hours, minutes } from '../../../src/shared/clock.ts'
import type { Store, UploadCommit } from '../../../src/store/port.ts'
import { openSqliteStore } from '../../../src/store/sqlite/index.ts'
import { claimed, connected, newAttempt, NOON, recordKey } from '../../support/attempts.ts'
import { tempDir } from '../../support/temp-dir.ts'

/** The service on a file: time that passes, and a clock that somebody has set wrong. */
async function serviceAtHand(started = { passed: 0, wrong: 0 }) {
  const folder = await tempDir()
  onTestFinished(() => folder.remove())
  const time = started
  const open = async () => {
    const store = await openSqliteStore(join(folder.path, 'wauth.db'), {
      ...{ keepsLeases: true, monotonic: () => time.passed },
      clock: () => after(NOON, time.passed + time.wrong),
      teller: { seal: (text: string) => text },
    })
    onTestFinished(() => store.close())
    return store
  }
  return { time, open, store: await open() }
}

const LEASE = { runner: 'runner', lease: minutes(2) }
const DAY = hours(24)
const ALL_EVENTS = { crmAccountId: null, status: null, after: 0, limit: 10 }

const ADDRESS: UploadCommit['steps'][number] = {
  ...{ kind: 'webhooks', status: 'done', reason: null, read: 1, sent: 1, rejected: 0, total: 1 },
  ...{ cursor: null, rowOnPage: 0, lastRow: null, pages: 1, landmark: null, runsFor: null },
}

async function withAddress(store: Store) {
  await recordKey(store, await claimed(store, 'acme'), 'api-key', true)
  const claim = await store.uploads.claimDue(LEASE)
  if (!claim) throw new Error('nothing was due')
  await store.uploads.commit(claim, { steps: [ADDRESS], rejects: [], lease: minutes(2) })
  const trouble = { tries: 0, spent: 0 }
  await store.uploads.release(claim, { status: 'done', reason: null, wait: null, trouble })
}

async function withTriedKey(store: Store) {
  await connected(store, 'acme', 'api-key')
  const key = await store.connections.claimProbe(LEASE, DAY)
  if (key) await store.connections.noteProbe({ runner: LEASE.runner, key }, { ago: 0 })
}

const dueIn = (ms: number, isDue: (store: Store) => Promise<boolean>) => ({ ms, isDue })

/** What begins, and what is to be seen when its time is over, and not a moment earlier. */
const MOMENTS: [string, (store: Store) => Promise<ReturnType<typeof dueIn>>][] = [
  [
    'an attempt',
    async (store) => {
      const attempt = newAttempt()
      await store.attempts.open(attempt)
      return dueIn(
        attempt.life,
        async ({ attempts }) => ((await attempts.find(attempt.id))?.expiresIn ?? 0) <= 0,
      )
    },
  ],
  [
    'an answer of a login that was put aside',
    async (store) => {
      const parked = { attemptId: 'a1', sender: null, from: '192.0.2.1', idHash: 'hash', answer: 'token=abc' }
      await store.parked.put({ ...parked, keptFor: minutes(1) })
      return dueIn(minutes(1), async (later) => (await later.parked.find('hash')) === null)
    },
  ],
  [
    'the grace of an older crmKey',
    async (store) => {
      const { crmKey } = await connected(store, 'acme', 'api-key-1')
      await connected(store, 'acme', 'api-key-2')
      return dueIn(DAY, async ({ keys }) => (await keys.find(digest(crmKey))) === null)
    },
  ],
  [
    'the next try of an apiKey',
    async (store) => {
      await withTriedKey(store)
      return dueIn(DAY, async ({ connections }) => (await connections.claimProbe(LEASE, DAY)) !== null)
    },
  ],
  [
    'the next comparison of an address',
    async (store) => {
      await withAddress(store)
      return dueIn(DAY, async ({ uploads }) => (await uploads.claimCheck(LEASE, DAY)) !== null)
    },
  ],
  [
    'the age of an event that waits',
    async (store) => {
      await connected(store, 'acme', 'api-key')
      return dueIn(DAY, async ({ deliveries }) => (await deliveries.counts()).oldest >= DAY)
    },
  ],
  [
    'the time for which an event that was delivered is kept',
    async (store) => {
      await connected(store, 'acme', 'api-key')
      const taken = await store.deliveries.claimDue(LEASE)
      if (taken) await store.deliveries.end(taken, { status: 'delivered', reason: null })
      return dueIn(3 * DAY, async (later) => {
        await later.cleanUp(NOON, 100)
        return (await later.deliveries.list(ALL_EVENTS)).length === 0
      })
    },
  ],
]

test.each(
  MOMENTS.flatMap(([what, begin]) =>
    [hours(1), -hours(1), hours(25)].map((by) => [by, what, begin] as const),
  ),
)(
  'a clock that is set by %i ms neither brings nearer nor puts off the end of %s',
  async (by, _what, begin) => {
    const { time, store } = await serviceAtHand()
    const { ms, isDue } = await begin(store)
    time.wrong = by
    expect(await isDue(store)).toBe(false)
    await store.cleanUp(after(NOON, by), 100)
    time.passed = ms - 1
    expect(await isDue(store)).toBe(false)
    time.passed = ms
    expect(await isDue(store)).toBe(true)
  },
)

test.each([hours(1), -hours(48), hours(48)])(
  'whose Wazzup account it is stays so when the clock is set by %i ms, a day and more after the first has connected',
  async (by) => {
    const { time, store } = await serviceAtHand()
    await recordKey(store, await claimed(store, 'acme'), 'api-key', true)
    time.passed = hours(26)
    await connected(store, 'later', 'api-key-2')
    time.wrong = by
    const claim = await store.uploads.claimDue(LEASE)
    expect(claim?.key).toMatchObject({ crmAccountId: 'acme' })
    expect(claim?.key.crmKey()).toBeNull()
  },
)

test('a clock that was years ahead and is set right while nobody runs stops no try and no comparison for years', async () => {
  const { time, store, open } = await serviceAtHand({ passed: 0, wrong: DAY * 1000 })
  await withAddress(store)
  const key = await store.connections.claimProbe(LEASE, DAY)
  if (key) await store.connections.noteProbe({ runner: LEASE.runner, key }, { ago: 0 })
  await store.close()
  time.wrong = 0
  const next = await open()
  time.passed = DAY
  expect(await next.connections.claimProbe(LEASE, DAY)).toMatchObject({ crmAccountId: 'acme' })
  expect(await next.uploads.claimCheck(LEASE, DAY)).toMatchObject({ key: { crmAccountId: 'acme' } })
})
