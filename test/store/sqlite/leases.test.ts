import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { newLease } from '../../../src/connect/exchange.ts'
import { after, hours, minutes, seconds } from '../../../src/shared/clock.ts'
import { GIVE_UP_AFTER } from '../../../src/store/exchange.ts'
import { systemRandom } from '../../../src/shared/random.ts'
import { openSqliteStore } from '../../../src/store/sqlite/index.ts'
import { AT_NOON, claimed, NOON, recordKey } from '../../support/attempts.ts'
import { tempDir } from '../../support/temp-dir.ts'

/** A file with one service after the other on it, and a clock that can be set: `passed` goes on, `wrong` does not count. */
async function fileAtHand() {
  const folder = await tempDir()
  onTestFinished(() => folder.remove())
  const time = { passed: 0, wrong: 0 }
  const open = async (keepsLeases = true) => {
    const store = await openSqliteStore(join(folder.path, 'wauth.db'), {
      ...{ keepsLeases, monotonic: () => time.passed },
      clock: () => after(NOON, time.passed + time.wrong),
    })
    onTestFinished(() => store.close())
    return store
  }
  return { time, open }
}

const LEASE = { runner: 'runner', lease: minutes(2) }

test('the next service takes over at once what the one before it was doing', async () => {
  const { open } = await fileAtHand()
  const before = await open()
  const exchange = await claimed(before, 'acme')
  const connected = await claimed(before, 'nordwind')
  await recordKey(before, connected, 'api-key', true)
  expect(await before.uploads.claimDue(LEASE)).not.toBeNull()
  const next = await open()
  expect(await next.exchanges.claimDue(newLease(systemRandom))).toMatchObject({
    ...{ stateHash: exchange.stateHash, maybeAnswered: true },
  })
  expect(await next.uploads.claimDue(LEASE)).toMatchObject({ key: { crmAccountId: 'nordwind' } })
})

test('the keys that a killed service had are forgotten when the next one starts, and not by a command', async () => {
  const { open } = await fileAtHand()
  const replica = { name: 'web-1:7', id: 'a', keys: ['k1'] }
  await (await open()).sealingKeys.announce(replica)
  expect(await (await open(false)).sealingKeys.announced()).toEqual([replica])
  expect(await (await open()).sealingKeys.announced()).toEqual([])
})

test('a command on the same file takes nothing over', async () => {
  const { open } = await fileAtHand()
  await claimed(await open(), 'acme')
  const command = await open(false)
  expect(await command.exchanges.claimDue(newLease(systemRandom))).toBeNull()
})

test('a pause goes on after a restart, but not for longer than any pause is', async () => {
  const { time, open } = await fileAtHand()
  const before = await open()
  await before.exchanges.postpone(await claimed(before, 'acme'), { wait: seconds(30), lost: true })
  const next = await open()
  expect(await next.exchanges.claimDue(newLease(systemRandom))).toBeNull()
  // It was an hour ahead when the pause began, and somebody sets it right while nobody runs.
  time.wrong = -hours(1)
  const last = await open()
  time.passed = GIVE_UP_AFTER
  expect(await last.exchanges.claimDue(newLease(systemRandom))).not.toBeNull()
})

test.each([hours(10), -hours(10)])(
  'a clock that is set by %i ms does not change how long was tried',
  async (step) => {
    const { time, open } = await fileAtHand()
    const store = await open()
    await recordKey(store, await claimed(store, 'acme'), 'api-key', true)
    const claim = await store.uploads.claimDue(LEASE)
    if (!claim) throw new Error('nothing was due')
    const trouble = { tries: 3, spent: minutes(5) }
    await store.uploads.release(claim, { status: 'running', reason: 'x', wait: seconds(30), trouble })
    time.wrong = step
    time.passed = seconds(30)
    expect((await store.uploads.claimDue(LEASE))?.trouble).toEqual(trouble)
  },
)

test('who was told to try again in an hour is not told sooner by a restart', async () => {
  const { time, open } = await fileAtHand()
  const before = await open()
  const failure = { reason: 'wazzup_unavailable', grace: 0, retryIn: hours(1), ...AT_NOON } as const
  const { stateHash, ...exchange } = await claimed(before, 'acme')
  await before.exchanges.fail({ stateHash, ...exchange }, failure)
  const next = await open()
  time.passed = minutes(59)
  expect(await next.exchanges.reclaim(stateHash, newLease(systemRandom))).toBeNull()
  time.passed = minutes(60)
  expect(await next.exchanges.reclaim(stateHash, newLease(systemRandom))).not.toBeNull()
})

test('a clock that is set back does not change who has confirmed before whom', async () => {
  const { time, open } = await fileAtHand()
  const store = await open()
  const older = await claimed(store, 'acme')
  const failure = { reason: 'restart_needed', grace: hours(24), retryIn: 0 } as const
  await store.exchanges.fail(older, { ...failure, ...AT_NOON })
  time.passed = minutes(1)
  time.wrong = -hours(1)
  const newer = await claimed(store, 'nordwind')
  await recordKey(store, newer, 'the-same-key')
  expect(await recordKey(store, older, 'the-same-key')).toBe(false)
  expect(await store.keys.current('nordwind')).toMatchObject({ generationId: newer.generationId })
})

test.each([hours(1), -hours(1)])(
  'a clock that is set by %i ms neither ends nor prolongs a lease',
  async (by) => {
    const { time, open } = await fileAtHand()
    const store = await open()
    await claimed(store, 'acme')
    time.wrong = by
    expect(await store.exchanges.claimDue(newLease(systemRandom))).toBeNull()
    time.passed = seconds(30)
    expect(await store.exchanges.claimDue(newLease(systemRandom))).not.toBeNull()
  },
)
