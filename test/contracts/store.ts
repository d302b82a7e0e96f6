import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { digest } from '../../src/crypto/digest.ts'
import { after, hours, minutes, seconds } from '../../src/shared/clock.ts'
import type { NewAttempt, Store } from '../../src/store/port.ts'
import { SEALED } from '../../src/store/sealed-columns.ts'
import { describeChangedConnections } from './changed-connections.ts'
import { describeCounts } from './counts.ts'
import { describeErasing, describeKeptForATime } from './erasing.ts'
import { describeInstalls } from './installs.ts'
import { describeReplicaKeys } from './replica-keys.ts'
import { newLease } from '../../src/connect/exchange.ts'
import { systemRandom } from '../../src/shared/random.ts'
import { describeLifecycle, OPERATOR } from './store-lifecycle.ts'
import { describeSupport } from './support.ts'
import { describeSwitchOffs } from './switch-offs.ts'
import {
  AT_NOON,
  claimed,
  connected,
  identified,
  identityOf,
  keyFor,
  newAttempt,
  newExchange,
  NOON,
  openedKey,
  recordKey,
  shownNow,
} from '../support/attempts.ts'

/** An empty store. By its own clock it is noon until somebody sets it; `close` removes it. */
export interface OpenedStore {
  store: Store
  setTime: (to: Date) => Promise<void>
  close: () => Promise<void>
}

/** What every store must do, alone and under another name. */
export function describeStore(name: string, open: () => Promise<OpenedStore>) {
  describe(`store: ${name}`, () => {
    let { store, setTime, close } = {} as OpenedStore
    beforeEach(async () => {
      ;({ store, setTime, close } = await open())
      await setTime(NOON)
    })
    /** By the clock of the database and of the machine. */
    const cleanUpAt = async (at: Date, limit: number) => {
      await setTime(at)
      return store.cleanUp(at, limit)
    }
    afterEach(() => close())
    const keyOf = async (crmKey: string, at?: Date) => {
      if (at) await setTime(at)
      return openedKey(store, crmKey)
    }
    const reclaim = (stateHash: string) => store.exchanges.reclaim(stateHash, newLease(systemRandom))

    describeAttempts(
      () => store,
      (to) => setTime(to),
    )
    describeClaims(
      () => store,
      (to) => setTime(to),
    )

    test('keeps a note for as long as it is to last, by the clock of the database', async () => {
      await store.notes.keep('a fact', hours(24))
      expect(await store.notes.has('a fact')).toBe(true)
      expect(await store.notes.has('another')).toBe(false)
      await setTime(after(NOON, hours(23)))
      // It is as old as it is.
      await store.notes.keep('a fact', hours(24))
      await setTime(after(NOON, hours(24)))
      expect(await store.notes.has('a fact')).toBe(false)
      await store.notes.keep('a fact', hours(24))
      expect(await store.notes.has('a fact')).toBe(true)
    })

    describeInstalls(() => store)
    describeChangedConnections(() => store)
    describeErasing(() => store)
    describeKeptForATime(
      () => store,
      (to) => setTime(to),
    )
    describeLifecycle(
      () => store,
      (to) => setTime(to),
    )
    describeSwitchOffs(
      () => store,
      (to) => setTime(to),
    )
    describeReplicaKeys(
      () => store,
      (to) => setTime(to),
    )
    describeSupport(
      () => store,
      (to) => setTime(to),
    )
    describeCounts(
      () => store,
      (to) => setTime(to),
    )

    describe('recording', () => {
      const GIVEN_UP = { grace: hours(24), retryIn: 0, now: NOON, upload: true }

      test('makes the key current, counts the generation and remembers who is connected', async () => {
        const exchange = await claimed(store, 'acme')
        expect(await recordKey(store, exchange, 'api-key-1')).toBe(true)
        expect(await keyOf(exchange.crmKey)).toMatchObject({
          ...{ crmAccountId: 'acme', wazzupAccountId: '12345678', generation: 1 },
          ...{ keyStatus: 'current', apiKey: 'api-key-1' },
        })
        expect(await store.connections.find('acme')).toMatchObject({ status: 'connected', connectedAt: NOON })
        expect(await store.exchanges.find(exchange.stateHash)).toMatchObject({
          status: 'connected',
          sendable: false,
        })
      })

      test('says the same again where the answer to its commit was lost, and nothing is switched off', async () => {
        const exchange = await claimed(store, 'acme')
        await recordKey(store, exchange, 'api-key-1')
        expect(await recordKey(store, exchange, 'api-key-1')).toBe(true)
        expect(await store.switchOffs.claimDue({ runner: 'worker', lease: 1000 })).toBeNull()
      })

      test('however short the grace is, a key may come for an hour after its exchange was given up', async () => {
        const late = await claimed(store, 'acme')
        await store.exchanges.fail(late, { ...GIVEN_UP, reason: 'restart_needed', grace: 0 })
        await cleanUpAt(after(NOON, minutes(59)), 100)
        expect(await recordKey(store, late, 'api-key-1')).toBe(true)
      })

      test('a key that comes after an operator has disconnected is used to switch off, also of an account nobody knows', async () => {
        const attempt = await identified(store, 'acme', { wazzupAccountId: null })
        const exchange = newExchange(attempt)
        await store.exchanges.claim(exchange)
        await store.connections.disconnect('acme', OPERATOR, NOON)
        const key = { stateHash: attempt.stateHash, generationId: exchange.generationId }
        expect(await recordKey(store, key, 'late-key')).toBe(false)
        const taken = await store.switchOffs.claimDue({ runner: 'worker', lease: 1000 })
        expect(taken).toMatchObject({ cause: 'late', crmAccountId: 'acme' })
        expect(taken?.apiKey()).toBe('late-key')
      })

      test('happens once per exchange', async () => {
        const exchange = await claimed(store, 'acme')
        await recordKey(store, exchange, 'api-key-1')
        expect(await recordKey(store, exchange, 'api-key-2')).toBe(false)
        expect(await keyOf(exchange.crmKey)).toMatchObject({ apiKey: 'api-key-1' })
      })

      test('queues an upload only when asked to', async () => {
        const [one, other] = [await claimed(store, 'one'), await claimed(store, 'other')]
        await recordKey(store, one, 'api-key-1', true)
        await recordKey(store, other, 'api-key-2', false)
        expect((await store.exchanges.find(one.stateHash))?.upload).toEqual({ status: 'waiting' })
        expect((await store.exchanges.find(other.stateHash))?.upload).toBeNull()
      })

      test('a reconnect leaves the older key its grace, then nothing', async () => {
        const older = await connected(store, 'acme', 'api-key-1')
        const newer = await connected(store, 'acme', 'api-key-2')
        expect(await keyOf(newer.crmKey)).toMatchObject({ keyStatus: 'current', generation: 2 })
        expect(await keyOf(older.crmKey)).toMatchObject({ keyStatus: 'previous', apiKey: 'api-key-1' })
        expect(await keyOf(older.crmKey, after(NOON, hours(25)))).toBeNull()
      })

      test('a late answer finds its exchange ended, and touches nothing', async () => {
        const older = await claimed(store, 'acme')
        await setTime(after(NOON, seconds(30)))
        const newer = newExchange(await identified(store, 'acme', { state: 'newer' }))
        await store.exchanges.claim(newer)
        await recordKey(store, { stateHash: digest('newer'), generationId: newer.generationId }, 'api-key-2')
        expect(await recordKey(store, older, 'api-key-1', true)).toBe(false)
        expect(await keyOf(newer.crmKey)).toMatchObject({ keyStatus: 'current', apiKey: 'api-key-2' })
        expect(await keyOf(older.crmKey)).toMatchObject({ keyStatus: 'pending', apiKey: null })
      })

      test.each(['restart_needed', 'bad_answer'] as const)(
        'a key that comes after the exchange was given up as %s is kept',
        async (reason) => {
          const older = await connected(store, 'acme', 'api-key-1')
          const late = await claimed(store, 'acme')
          await store.exchanges.fail(late, { reason, grace: hours(24), retryIn: 0, ...AT_NOON })
          expect(await recordKey(store, late, 'api-key-2', true)).toBe(true)
          expect(await keyOf(late.crmKey)).toMatchObject({ keyStatus: 'current', apiKey: 'api-key-2' })
          expect(await keyOf(older.crmKey)).toMatchObject({ keyStatus: 'previous', apiKey: 'api-key-1' })
          expect(await store.exchanges.find(late.stateHash)).toMatchObject({
            ...{ status: 'connected', reason: null, upload: { status: 'waiting' } },
          })
          expect(await keyOf(late.crmKey, after(NOON, hours(25)))).toMatchObject({ keyStatus: 'current' })
        },
      )

      test('a key that comes after a late «Try again» was offered is kept, and nothing is sent again', async () => {
        const exchange = await claimed(store, 'acme')
        const failure = { reason: 'wazzup_unavailable', grace: 0, retryIn: 0, ...AT_NOON } as const
        await store.exchanges.fail(exchange, failure)
        expect(await recordKey(store, exchange, 'api-key-1')).toBe(true)
        expect(await reclaim(exchange.stateHash)).toBeNull()
        expect(await keyOf(exchange.crmKey)).toMatchObject({ keyStatus: 'current', apiKey: 'api-key-1' })
      })

      describe('a late key of an older confirmation, while a newer one is open', () => {
        const claimedFor = async (account: string, wazzupAccountId: string) => {
          const attempt = await identified(store, account, { wazzupAccountId })
          const exchange = newExchange(attempt, await shownNow(store, account))
          const result = await store.exchanges.claim(exchange)
          if (result.kind !== 'claimed') throw new Error(`expected a claim, got ${result.kind}`)
          return result.exchange
        }

        const late = async () => {
          const older = await claimed(store, 'acme')
          await store.exchanges.postpone(older, { wait: 0, lost: true })
          const newer = await claimed(store, 'acme')
          expect(await store.exchanges.record(keyFor(older, 'late-key', true))).toEqual({ kind: 'kept' })
          return { older, newer }
        }

        test('is kept: nothing shows it, and nothing is uploaded with it', async () => {
          const { older } = await late()
          expect(await keyOf(older.crmKey)).toMatchObject({ keyStatus: 'pending', apiKey: null })
          expect(await store.keys.current('acme')).toBeNull()
          expect(await store.exchanges.find(older.stateHash)).toMatchObject({
            status: 'failed',
            upload: null,
          })
        })

        test.each(['state_refused', 'secret_refused', 'bad_answer', 'restart_needed'] as const)(
          'becomes current when the newer one ends as %s',
          async (reason) => {
            const { older, newer } = await late()
            expect(await store.exchanges.fail(newer, { ...GIVEN_UP, reason })).toEqual({
              ...{ kind: 'failed', older: { kind: 'connected', takenOver: [] } },
            })
            expect(await keyOf(older.crmKey)).toMatchObject({ keyStatus: 'current', apiKey: 'late-key' })
            expect(await store.exchanges.find(older.stateHash)).toMatchObject({
              ...{ status: 'connected', reason: null, upload: { status: 'waiting' } },
            })
          },
        )

        test('is not wanted any more once Wazzup has accepted the newer one', async () => {
          const { older, newer } = await late()
          expect(await recordKey(store, newer, 'newer-key')).toBe(true)
          expect(await keyOf(newer.crmKey)).toMatchObject({ keyStatus: 'current', apiKey: 'newer-key' })
          expect(await keyOf(older.crmKey)).toMatchObject({ keyStatus: 'pending', apiKey: null })
        })

        test('stays kept when somebody else takes the older connection over', async () => {
          await connected(store, 'acme', 'the-same-key')
          const { older, newer } = await late()
          expect(await recordKey(store, await claimedFor('nordwind', 'account-n'), 'the-same-key')).toBe(true)
          expect(await store.connections.find('acme')).toMatchObject({ status: 'disconnected' })
          await store.exchanges.fail(newer, { ...GIVEN_UP, reason: 'state_refused' })
          expect(await keyOf(older.crmKey)).toMatchObject({ keyStatus: 'current', apiKey: 'late-key' })
          expect(await store.connections.find('acme')).toMatchObject({ status: 'connected' })
        })

        test('tells whom it takes over', async () => {
          await connected(store, 'nordwind', 'late-key')
          await setTime(after(NOON, 1))
          const { newer } = await late()
          expect(await store.exchanges.fail(newer, { ...GIVEN_UP, reason: 'state_refused' })).toMatchObject({
            older: { takenOver: [{ crmAccountId: 'nordwind', disconnected: true }] },
          })
        })

        test('becomes current when the key of the newer one is not wanted', async () => {
          const older = await claimed(store, 'acme')
          await store.exchanges.postpone(older, { wait: 0, lost: true })
          const newer = await claimedFor('acme', 'account-n')
          await store.exchanges.record(keyFor(older, 'late-key'))
          await setTime(after(NOON, 1))
          await recordKey(store, await claimedFor('nordwind', 'account-n'), 'key-n')
          expect(await store.exchanges.record(keyFor(newer, 'newer-key'))).toEqual({
            ...{ kind: 'unwanted', older: { kind: 'connected', takenOver: [] } },
          })
          expect(await keyOf(older.crmKey)).toMatchObject({ keyStatus: 'current', apiKey: 'late-key' })
        })

        test('is used to switch webhooks off, and forgotten, when it is not wanted either', async () => {
          const { older, newer } = await late()
          await setTime(after(NOON, 1))
          await connected(store, 'nordwind', 'late-key')
          await store.exchanges.fail(newer, { ...GIVEN_UP, reason: 'state_refused' })
          expect(await keyOf(older.crmKey)).toMatchObject({ keyStatus: 'pending', apiKey: null })
          expect(await store.switchOffs.claimDue({ runner: 'a worker', lease: 1000 })).toMatchObject({
            ...{ generationId: older.generationId, cause: 'late' },
          })
          expect(await store.sealedValues.count(SEALED.keptKey, [])).toBe(0)
        })

        test('ends with a disconnect', async () => {
          const { older, newer } = await late()
          await store.connections.disconnect('acme', OPERATOR, NOON)
          expect(await store.exchanges.fail(newer, { ...GIVEN_UP, reason: 'state_refused' })).toEqual({
            kind: 'gone',
          })
          expect(await keyOf(older.crmKey)).toBeNull()
          expect(await store.keys.current('acme')).toBeNull()
        })
      })

      test('the same apiKey may come back at a reconnect: it is current in the newer generation only', async () => {
        const older = await connected(store, 'acme', 'the-same-key')
        const newer = await connected(store, 'acme', 'the-same-key')
        expect(await keyOf(newer.crmKey)).toMatchObject({ keyStatus: 'current', apiKey: 'the-same-key' })
        expect(await keyOf(older.crmKey)).toMatchObject({ keyStatus: 'previous', apiKey: 'the-same-key' })
      })

      test('who is connected to a Wazzup account is told of current keys only', async () => {
        const connectTo = async (account: string, wazzupAccountId: string) => {
          const attempt = await identified(store, account, { wazzupAccountId })
          const exchange = newExchange(attempt, await shownNow(store, account))
          await store.exchanges.claim(exchange)
          await recordKey(store, { stateHash: attempt.stateHash, ...exchange }, `key-of-${account}`)
        }
        await connectTo('nordwind', 'account-a')
        await connectTo('acme', 'account-a')
        await connectTo('moved', 'account-a')
        await connectTo('moved', 'account-b')
        await connectTo('gone', 'account-a')
        await store.connections.disconnect('gone', OPERATOR, NOON)
        await identified(store, 'only-asked', { wazzupAccountId: 'account-a' })
        expect(await store.connections.holders(['account-a', 'account-b', 'nobody’s'])).toEqual([
          { wazzupAccountId: 'account-a', crmAccountId: 'acme' },
          { wazzupAccountId: 'account-b', crmAccountId: 'moved' },
          { wazzupAccountId: 'account-a', crmAccountId: 'nordwind' },
        ])
        expect(await store.connections.holders([])).toEqual([])
      })

      test('the look-up of an older crmKey tells its own Wazzup account', async () => {
        const connectTo = async (wazzupAccountId: string, apiKey: string) => {
          const attempt = await identified(store, 'acme', { wazzupAccountId })
          const exchange = newExchange(attempt, await shownNow(store, 'acme'))
          await store.exchanges.claim(exchange)
          expect(await recordKey(store, { stateHash: attempt.stateHash, ...exchange }, apiKey)).toBe(true)
          return exchange.crmKey
        }
        const [a, b] = [await connectTo('account-a', 'key-a'), await connectTo('account-b', 'key-b')]
        expect(await keyOf(a)).toMatchObject({
          keyStatus: 'previous',
          wazzupAccountId: 'account-a',
          apiKey: 'key-a',
        })
        expect(await keyOf(b)).toMatchObject({
          keyStatus: 'current',
          wazzupAccountId: 'account-b',
          apiKey: 'key-b',
        })
        expect(await store.connections.find('acme')).toMatchObject({ wazzupAccountId: 'account-b' })
      })

      test.each([
        ['the same key', 'the-same-key', '12345678', false],
        ['the same Wazzup account', 'another-key', '12345678', false],
        ['another Wazzup account', 'another-key', '87654321', true],
      ])(
        'a late key and a newer connection of somebody else with %s',
        async (_what, apiKey, wazzupAccountId, isKept) => {
          const late = await claimed(store, 'acme')
          const failure = {
            reason: 'restart_needed',
            grace: hours(24),
            retryIn: 0,
            ...AT_NOON,
          } as const
          await store.exchanges.fail(late, failure)
          const attempt = await identified(store, 'nordwind', { wazzupAccountId })
          await setTime(after(NOON, 1))
          const newer = newExchange(attempt)
          await store.exchanges.claim(newer)
          await recordKey(store, { stateHash: attempt.stateHash, ...newer }, apiKey)
          expect(await recordKey(store, late, 'the-same-key')).toBe(isKept)
          expect(await keyOf(newer.crmKey)).toMatchObject({ keyStatus: 'current', apiKey })
          expect((await keyOf(late.crmKey))?.keyStatus).toBe(isKept ? 'current' : 'pending')
        },
      )

      test.each(['open', 'refused'] as const)(
        'a forged state that names a Wazzup account and is %s changes nothing for whom it belongs to',
        async (forged) => {
          const late = await claimed(store, 'acme')
          await store.exchanges.fail(late, { ...GIVEN_UP, reason: 'restart_needed' })
          await setTime(after(NOON, 1))
          const thief = await claimed(store, 'nordwind')
          if (forged === 'refused')
            await store.exchanges.fail(thief, { ...GIVEN_UP, reason: 'state_refused' })
          expect(await recordKey(store, late, 'api-key-1')).toBe(true)
          expect(await keyOf(late.crmKey)).toMatchObject({ keyStatus: 'current', apiKey: 'api-key-1' })
        },
      )

      test('an answer that comes after somebody else has connected the Wazzup account takes nothing from them', async () => {
        const older = await claimed(store, 'acme')
        await setTime(after(NOON, 1))
        const newer = await connected(store, 'nordwind', 'the-same-key')
        expect(await store.exchanges.record(keyFor(older, 'the-same-key'))).toEqual({
          ...{ kind: 'unwanted', older: null },
        })
        expect(await keyOf(newer.crmKey)).toMatchObject({ keyStatus: 'current', crmAccountId: 'nordwind' })
        expect(await store.exchanges.find(older.stateHash)).toMatchObject({
          ...{ status: 'failed', reason: 'restart_needed', sendable: false },
        })
        expect(await keyOf(older.crmKey)).toMatchObject({ keyStatus: 'pending' })
      })

      test('who sends again decides anew: what others have connected in between is older', async () => {
        const tired = await claimed(store, 'acme')
        await store.exchanges.fail(tired, { ...GIVEN_UP, reason: 'wazzup_unavailable' })
        await setTime(after(NOON, 1))
        await connected(store, 'nordwind', 'the-same-key')
        await setTime(after(NOON, 2))
        const again = await reclaim(tired.stateHash)
        expect(again).toMatchObject({ tries: 2 })
        expect(await recordKey(store, tired, 'the-same-key')).toBe(true)
        expect(await keyOf(tired.crmKey)).toMatchObject({ keyStatus: 'current', crmAccountId: 'acme' })
      })

      test('a key that comes after a refusal or the end of the grace is not kept', async () => {
        const refused = await claimed(store, 'acme')
        const grace = hours(24)
        await store.exchanges.fail(refused, { reason: 'state_refused', grace, retryIn: 0, ...AT_NOON })
        expect(await recordKey(store, refused, 'api-key-1')).toBe(false)
        const late = await claimed(store, 'nordwind')
        await store.exchanges.fail(late, { reason: 'restart_needed', grace, retryIn: 0, ...AT_NOON })
        await cleanUpAt(after(NOON, grace), 100)
        expect(await recordKey(store, late, 'api-key-2')).toBe(false)
        expect(await store.keys.current('nordwind')).toBeNull()
      })

      test('an apiKey that another account holds is taken from it', async () => {
        const before = await connected(store, 'acme', 'the-same-key')
        const now = await connected(store, 'nordwind', 'the-same-key')
        expect(await keyOf(before.crmKey)).toBeNull()
        expect(await keyOf(now.crmKey)).toMatchObject({ crmAccountId: 'nordwind', apiKey: 'the-same-key' })
        expect(await store.connections.find('acme')).toMatchObject({ status: 'disconnected' })
      })

      test('a key that was taken ends the generation that held it, not a connection that has moved on', async () => {
        const before = await connected(store, 'acme', 'the-same-key')
        const moved = await connected(store, 'acme', 'another-key')
        const exchange = await claimed(store, 'nordwind')
        const taken = await store.exchanges.record(keyFor(exchange, 'the-same-key'))
        expect(taken).toEqual({
          kind: 'connected',
          takenOver: [{ crmAccountId: 'acme', generation: 1, disconnected: false }],
        })
        expect(await keyOf(before.crmKey)).toBeNull()
        expect(await keyOf(moved.crmKey)).toMatchObject({ keyStatus: 'current', apiKey: 'another-key' })
        expect(await store.connections.find('acme')).toMatchObject({ status: 'connected', generation: 2 })
        const [told] = await store.audit.of('acme', 1)
        expect(told).toMatchObject({ action: 'connection.taken_over', generation: 1 })
      })

      test('says whose connection ends with a key that is taken', async () => {
        await connected(store, 'acme', 'the-same-key')
        const exchange = await claimed(store, 'nordwind')
        const taken = await store.exchanges.record(keyFor(exchange, 'the-same-key'))
        expect(taken).toEqual({
          kind: 'connected',
          takenOver: [{ crmAccountId: 'acme', generation: 1, disconnected: true }],
        })
      })

      test('a late apiKey of a confirmation that is newer than the key that was taken is wanted, of an older one it is not', async () => {
        const older = await claimed(store, 'acme')
        await store.exchanges.fail(older, { ...GIVEN_UP, reason: 'restart_needed' })
        await connected(store, 'acme', 'the-same-key')
        const newer = await claimed(store, 'acme')
        await store.exchanges.fail(newer, { ...GIVEN_UP, reason: 'restart_needed' })
        await connected(store, 'nordwind', 'the-same-key')
        expect(await store.connections.find('acme')).toMatchObject({ status: 'disconnected' })
        expect(await store.exchanges.record(keyFor(older, 'key-of-older'))).toMatchObject({
          kind: 'unwanted',
        })
        expect(await store.exchanges.record(keyFor(newer, 'key-of-newer'))).toMatchObject({
          kind: 'connected',
        })
        expect(await keyOf(newer.crmKey)).toMatchObject({ keyStatus: 'current', apiKey: 'key-of-newer' })
        expect(await store.connections.find('acme')).toMatchObject({ status: 'connected' })
      })

      test('an account whose key was taken can connect anew; its older keys stay dead', async () => {
        const first = await connected(store, 'acme', 'api-key-0')
        const second = await connected(store, 'acme', 'the-same-key')
        await connected(store, 'nordwind', 'the-same-key')
        const again = await claimed(store, 'acme')
        expect(await keyOf(again.crmKey)).toMatchObject({ keyStatus: 'pending' })
        await recordKey(store, again, 'api-key-9')
        expect(await keyOf(again.crmKey)).toMatchObject({ keyStatus: 'current', apiKey: 'api-key-9' })
        expect([await keyOf(first.crmKey), await keyOf(second.crmKey)]).toEqual([null, null])
      })
    })

    describe('an exchange that did not succeed', () => {
      const grace = hours(24)
      const retryIn = seconds(10)

      test('refused: the crmKey is gone and the state stays used', async () => {
        const exchange = await claimed(store, 'acme', 'the state')
        await store.exchanges.fail(exchange, {
          reason: 'state_refused',
          grace,
          retryIn,
          ...AT_NOON,
        })
        expect(await keyOf(exchange.crmKey)).toBeNull()
        expect(await store.exchanges.find(exchange.stateHash)).toMatchObject({
          status: 'failed',
          sendable: false,
        })
        const again = newExchange(await identified(store, 'acme', { state: 'the state' }))
        expect(await store.exchanges.claim(again)).toEqual({ kind: 'joined' })
      })

      test('restart needed: Wazzup may know the crmKey, so it resolves until the grace is over', async () => {
        const exchange = await claimed(store, 'acme')
        await store.exchanges.fail(exchange, {
          reason: 'restart_needed',
          grace,
          retryIn,
          ...AT_NOON,
        })
        expect(await keyOf(exchange.crmKey)).toMatchObject({ keyStatus: 'pending', apiKey: null })
        expect(await keyOf(exchange.crmKey, after(NOON, grace))).toBeNull()
      })

      test('an answer that made no sense: Wazzup may know the crmKey, so it resolves until the grace is over', async () => {
        const exchange = await claimed(store, 'acme')
        await store.exchanges.fail(exchange, {
          reason: 'bad_answer',
          grace,
          retryIn,
          ...AT_NOON,
        })
        expect(await keyOf(exchange.crmKey)).toMatchObject({ keyStatus: 'pending', apiKey: null })
      })

      test('never sent: nobody may take it again before its pause is over', async () => {
        const exchange = await claimed(store, 'acme')
        await store.exchanges.fail(exchange, {
          reason: 'wazzup_unavailable',
          grace,
          retryIn,
          ...AT_NOON,
        })
        expect(await reclaim(exchange.stateHash)).toBeNull()
      })

      test('never sent: one caller may take it again, with the same bytes', async () => {
        const exchange = await claimed(store, 'acme', 'the state')
        await store.exchanges.fail(exchange, {
          reason: 'wazzup_unavailable',
          grace,
          retryIn,
          ...AT_NOON,
        })
        await setTime(after(NOON, retryIn))
        const taken = await Promise.all([1, 2, 3].map(() => reclaim(exchange.stateHash)))
        const [winner, ...others] = taken.filter((one) => one !== null)
        expect(others).toEqual([])
        expect(winner).toMatchObject({
          state: 'the state',
          crmKey: exchange.crmKey,
          name: exchange.name,
          tries: 2,
        })
      })

      test('is settled once', async () => {
        const exchange = await claimed(store, 'acme')
        await recordKey(store, exchange, 'api-key-1')
        const failure = { reason: 'bad_answer', grace, retryIn, ...AT_NOON } as const
        expect(await store.exchanges.fail(exchange, failure)).toEqual({ kind: 'gone' })
        expect(await keyOf(exchange.crmKey)).toMatchObject({ keyStatus: 'current' })
      })
    })

    describe('what is due', () => {
      const dueAfter = async (ms: number) => {
        await setTime(after(NOON, ms))
        return store.exchanges.claimDue(newLease(systemRandom))
      }

      test('a leased exchange is left alone until the lease is over, then it may have been answered', async () => {
        const exchange = await claimed(store, 'acme')
        expect(await dueAfter(seconds(29))).toBeNull()
        expect(await dueAfter(seconds(30))).toMatchObject({
          ...{ stateHash: exchange.stateHash, crmKey: exchange.crmKey, maybeAnswered: true, tries: 2 },
        })
      })

      test('a postponed one comes back at its time, to one caller', async () => {
        await store.exchanges.postpone(await claimed(store, 'acme'), { wait: seconds(5), lost: true })
        expect(await dueAfter(0)).toBeNull()
        const taken = await Promise.all([1, 2, 3].map(() => dueAfter(seconds(5))))
        expect(taken.filter((one) => one !== null)).toHaveLength(1)
      })

      test('one that Wazzup had no time for comes back as one that it has not heard of', async () => {
        const exchange = await claimed(store, 'acme')
        expect(await store.exchanges.find(exchange.stateHash)).toMatchObject({ isWaitedOut: false })
        expect(await store.exchanges.postpone(exchange, { wait: seconds(5), lost: false })).toBe(true)
        expect(await store.exchanges.find(exchange.stateHash)).toMatchObject({
          ...{ status: 'pending', maybeAnswered: false, isWaitedOut: true, sendable: true },
        })
        expect(await dueAfter(seconds(4))).toBeNull()
        const again = await dueAfter(seconds(5))
        expect(again).toMatchObject({
          ...{ maybeAnswered: false, isWaitedOut: true, tries: 2, age: seconds(5) },
          ...{ state: exchange.state, crmKey: exchange.crmKey, name: exchange.name },
        })
        if (!again) throw new Error('it was due')
        await store.exchanges.postpone(again, { wait: 0, lost: true })
        const lost = await dueAfter(seconds(6))
        expect(lost).toMatchObject({ maybeAnswered: true, isWaitedOut: false })
        if (lost) await store.exchanges.postpone(lost, { wait: 0, lost: false })
        expect(await store.exchanges.find(exchange.stateHash)).toMatchObject({ maybeAnswered: true })
      })

      test('while one exchange of an account is being sent, no other is begun', async () => {
        const older = await claimed(store, 'acme')
        const attempt = await identified(store, 'acme')
        expect(await store.exchanges.isSendingAnother(attempt.id)).toBe(true)
        expect(await store.exchanges.claim(newExchange(attempt))).toEqual({ kind: 'busy' })
        expect(await store.attempts.find(attempt.id)).toMatchObject({ status: 'identified' })
        await recordKey(store, older, 'api-key-1')
        expect(await store.exchanges.isSendingAnother(attempt.id)).toBe(false)
        const next = newExchange(attempt, await shownNow(store, 'acme'))
        expect(await store.exchanges.claim(next)).toMatchObject({ kind: 'claimed' })
      })

      test('another account is not held up', async () => {
        await claimed(store, 'acme')
        const attempt = await identified(store, 'nordwind')
        expect(await store.exchanges.isSendingAnother(attempt.id)).toBe(false)
        expect(await store.exchanges.claim(newExchange(attempt))).toMatchObject({ kind: 'claimed' })
      })

      test('an exchange that a crash left behind is never sent again once a newer one was confirmed', async () => {
        const crashed = await claimed(store, 'acme')
        await setTime(after(NOON, seconds(30)))
        const newer = newExchange(await identified(store, 'acme'))
        expect(await store.exchanges.claim(newer)).toMatchObject({ kind: 'claimed' })
        expect(await store.exchanges.find(crashed.stateHash)).toMatchObject({
          reason: 'restart_needed',
          sendable: false,
        })
        expect(await dueAfter(seconds(30))).toBeNull()
      })

      test('a newer confirmation of the account ends an older exchange that only waits', async () => {
        const older = await claimed(store, 'acme')
        await store.exchanges.postpone(older, { wait: 0, lost: true })
        await claimed(store, 'acme')
        expect(await store.exchanges.find(older.stateHash)).toMatchObject({
          reason: 'restart_needed',
          sendable: false,
        })
        expect(await dueAfter(0)).toBeNull()
        expect(await keyOf(older.crmKey)).toMatchObject({ keyStatus: 'pending' })
      })
    })

    test('the two latest exchanges of an account say how they have ended', async () => {
      const latest = () => store.exchanges.latestOf('acme')
      expect(await latest()).toEqual([])
      const { name } = await connected(store, 'nordwind', 'api-key-1')
      expect(await latest()).toEqual([])
      const refused = await claimed(store, 'acme')
      expect(await latest()).toEqual([{ name: refused.name, reason: null }])
      await store.exchanges.fail(refused, {
        reason: 'state_refused',
        grace: 0,
        retryIn: 0,
        ...AT_NOON,
      })
      const asRefused = { name: refused.name, reason: 'state_refused' }
      expect(await latest()).toEqual([asRefused])
      await recordKey(store, await claimed(store, 'acme'), 'api-key-2')
      expect(await latest()).toEqual([{ name: refused.name, reason: null }, asRefused])
      expect(await store.exchanges.latestOf('nordwind')).toEqual([{ name, reason: null }])
    })

    test('a newer confirmation also ends an older exchange that a person could send again', async () => {
      const older = await claimed(store, 'acme')
      const failure = { reason: 'wazzup_unavailable', grace: 0, retryIn: 0, ...AT_NOON } as const
      await store.exchanges.fail(older, failure)
      await claimed(store, 'acme')
      expect(await reclaim(older.stateHash)).toBeNull()
      expect(await store.exchanges.find(older.stateHash)).toMatchObject({
        reason: 'restart_needed',
        sendable: false,
      })
    })

    describe('clean-up', () => {
      const later = after(NOON, minutes(11))

      test('erases the state of an attempt whose time is over, and the attempt a day later', async () => {
        const attempt = newAttempt()
        await store.attempts.open(attempt)
        expect(await cleanUpAt(later, 10)).toBeGreaterThan(0)
        expect(await store.attempts.find(attempt.id)).toMatchObject({ state: null, status: 'arrived' })
        await cleanUpAt(after(NOON, hours(25)), 10)
        expect(await store.attempts.find(attempt.id)).toBeNull()
      })

      test('a machine whose clock is a day ahead ends no grace and erases no attempt', async () => {
        const { crmKey } = await connected(store, 'acme', 'api-key-1')
        await connected(store, 'acme', 'api-key-2')
        const late = await claimed(store, 'nordwind')
        const grace = hours(24)
        await store.exchanges.fail(late, { reason: 'restart_needed', grace, retryIn: 0, ...AT_NOON })
        const attempt = newAttempt()
        await store.attempts.open(attempt)
        expect(await store.cleanUp(after(NOON, hours(25)), 100)).toBe(0)
        expect(await keyOf(crmKey)).toMatchObject({ keyStatus: 'previous', apiKey: 'api-key-1' })
        expect(await store.attempts.find(attempt.id)).toMatchObject({ state: attempt.state })
        expect(await recordKey(store, late, 'api-key-3')).toBe(true)
      })

      test('works in small batches until nothing is left', async () => {
        for (let i = 0; i < 5; i++) await store.attempts.open(newAttempt())
        const batches = [await cleanUpAt(later, 2), await cleanUpAt(later, 2), await cleanUpAt(later, 2)]
        expect(batches).toEqual([2, 2, 1])
        expect(await cleanUpAt(later, 2)).toBe(0)
      })

      test('keeps the hash of a used state for good', async () => {
        await connected(store, 'acme', 'api-key-1')
        const used = await claimed(store, 'acme', 'used state')
        await recordKey(store, used, 'api-key-2')
        await cleanUpAt(after(NOON, hours(24 * 365)), 100)
        const thief = newExchange(await identified(store, 'nordwind', { state: 'used state' }))
        expect(await store.exchanges.claim(thief)).toEqual({ kind: 'elsewhere' })
      })

      test('erases keys that nobody came back for', async () => {
        const exchange = await claimed(store, 'acme')
        const failure = { reason: 'wazzup_unavailable', grace: hours(24), retryIn: 0, ...AT_NOON } as const
        await store.exchanges.fail(exchange, failure)
        await cleanUpAt(later, 10)
        expect(await reclaim(exchange.stateHash)).toBeNull()
        expect(await keyOf(exchange.crmKey)).toBeNull()
      })

      test('does not touch what is current', async () => {
        const { crmKey } = await connected(store, 'acme', 'api-key-1')
        await cleanUpAt(after(NOON, hours(24 * 365)), 100)
        expect(await keyOf(crmKey, after(NOON, hours(24 * 365)))).toMatchObject({ apiKey: 'api-key-1' })
      })
    })

    describe('short-lived things', () => {
      test('a claim is given to one of many', async () => {
        const given = await Promise.all([1, 2, 3, 4].map(() => store.claims.claim('jti:1', minutes(2))))
        expect(given.filter(Boolean)).toHaveLength(1)
        expect(await store.claims.claim('jti:2', minutes(2))).toBe(true)
      })

      test('a parked answer can be fetched until its time is over', async () => {
        const keptFor = minutes(1)
        await store.parked.put({
          attemptId: 'a1',
          sender: null,
          from: '192.0.2.1',
          idHash: 'hash',
          answer: 'token=abc',
          keptFor,
        })
        expect(await store.parked.find('hash')).toBe('token=abc')
        expect(await store.parked.find('other')).toBeNull()
        await setTime(after(NOON, keptFor))
        expect(await store.parked.find('hash')).toBeNull()
      })

      const park = (idHash: string, sender: string | null, { attemptId = 'a1', from = '192.0.2.1' } = {}) => {
        const number = Number(/\d+$/.exec(idHash)?.[0] ?? 0)
        const keptFor = minutes(1) + number
        return store.parked.put({ attemptId, sender, from, idHash, answer: `token=${idHash}`, keptFor })
      }
      const isParked = async (idHash: string) => (await store.parked.find(idHash)) !== null

      test('of the parked answers of one sender the newest eight are kept', async () => {
        for (let i = 1; i <= 10; i++) await park(`answer-${i}`, 'Anna')
        const kept = [1, 2, 3, 4, 9, 10].map((i) => isParked(`answer-${i}`))
        expect(await Promise.all(kept)).toEqual([false, false, true, true, true, true])
      })

      test('nobody pushes out a parked answer of another sender, nor of another attempt', async () => {
        await park('hers', 'Anna')
        await park('unproved', null)
        await park('elsewhere', null, { attemptId: 'a2' })
        for (let i = 1; i <= 20; i++) {
          await park(`neighbour-${i}`, null)
          await park(`stranger-${i}`, null, { from: '198.51.100.7' })
          await park(`colleague-${i}`, 'Boris')
        }
        expect(await Promise.all(['hers', 'unproved', 'elsewhere'].map(isParked))).toEqual([true, true, true])
      })

      test('a sealing key is noted once', async () => {
        expect(await store.sealingKeys.add({ id: 'k1', probe: 'one' })).toBe(true)
        expect(await store.sealingKeys.add({ id: 'k1', probe: 'two' })).toBe(false)
        expect((await store.sealingKeys.all()).filter(({ id }) => id === 'k1')).toEqual([
          { id: 'k1', probe: 'one' },
        ])
      })

      test('answers when asked whether it is there', async () => {
        await expect(store.ping()).resolves.toBeUndefined()
      })

      test('takes the write that health asks for, as often as it is asked', async () => {
        for (const now of [NOON, NOON, after(NOON, minutes(1))]) {
          await expect(store.proveWritable(now)).resolves.toBeUndefined()
        }
        await Promise.all(Array.from({ length: 20 }, () => store.proveWritable(NOON)))
      })
    })
  })
}

function describeAttempts(store: () => Store, setTime: OpenedStore['setTime']) {
  describe('attempts', () => {
    test('come back as they were opened', async () => {
      const attempt = newAttempt('a state')
      const { life, ...kept } = attempt
      await store().attempts.open(attempt)
      await setTime(after(NOON, seconds(1)))
      expect(await store().attempts.find(attempt.id)).toEqual({
        ...{ ...kept, expiresIn: life - seconds(1) },
        ...{ status: 'arrived', reason: null, login: null, identity: null },
      })
      expect(await store().attempts.find('nobody')).toBeNull()
    })

    test('are known by their ids, the oldest first, with whether somebody has logged in', async () => {
      const [older, younger] = [newAttempt(), newAttempt()]
      await setTime(after(NOON, 3))
      await store().attempts.open(younger)
      await setTime(after(NOON, 2))
      const { id: withUser } = await identified(store(), 'acme')
      await setTime(after(NOON, 1))
      await store().attempts.open(older)
      const known = await store().attempts.known([younger.id, 'nobody', withUser, older.id])
      expect(known.map(({ id, hasUser }) => [id, hasUser])).toEqual([
        [older.id, false],
        [withUser, true],
        [younger.id, false],
      ])
      const { id, stateHash, browserHash, life: expiresIn } = older
      const told = { id, stateHash, browserHash, expiresIn, status: 'arrived', hasUser: false }
      expect(known[0]).toEqual(told)
      await setTime(after(NOON, 1 + expiresIn))
      expect(await store().attempts.known([older.id])).toEqual([{ ...told, expiresIn: 0 }])
      expect(await store().attempts.known([])).toEqual([])
    })

    test('of nobody have a limit: the oldest that is at no login makes room, and when there is none, no more', async () => {
      const { attempts } = store()
      const opened = Array.from({ length: 4 }, (_, i) => newAttempt(undefined, { life: minutes(10 + i) }))
      const [atLogin, oldest, younger, last] = opened
      for (const attempt of opened.slice(0, 3)) expect(await attempts.open(attempt, 3)).toBe('opened')
      const start = { from: ['arrived'], to: 'arrived', set: { login: 'a round' } } as const
      const left = async () => {
        const found = await Promise.all(opened.map(({ id }) => attempts.find(id)))
        return opened.filter((_, i) => found[i] !== null)
      }
      await attempts.move(atLogin?.id ?? '', start)
      expect(await attempts.open(last ?? newAttempt(), 3)).toBe('opened')
      expect(await left()).toEqual([atLogin, younger, last])
      expect(await left()).not.toContain(oldest)
      for (const attempt of [younger, last]) await attempts.move(attempt?.id ?? '', start)
      expect(await attempts.open(newAttempt(), 3)).toBe('full')
      // Who has logged in is nobody's stranger, and takes no place.
      await identified(store(), 'acme')
      await attempts.move(last?.id ?? '', { from: ['arrived'], to: 'failed', set: { login: null } })
      expect(await attempts.open(newAttempt(), 3)).toBe('opened')
      expect(await left()).toEqual([atLogin, younger])
    })

    test('move only from where the move allows, and keep what it does not set', async () => {
      const attempt = newAttempt()
      await store().attempts.open(attempt)
      const move: Store['attempts']['move'] = (...args) => store().attempts.move(...args)
      const start = { from: ['arrived'], to: 'arrived', set: { login: 'a round' } } as const
      expect(await move(attempt.id, start)).toBe(true)
      expect(await move(attempt.id, { from: ['identified'], to: 'cancelled' })).toBe(false)
      expect(await move(attempt.id, { from: ['arrived'], to: 'identifying' })).toBe(true)
      expect(await store().attempts.find(attempt.id)).toMatchObject({
        status: 'identifying',
        login: 'a round',
      })
      const identity = identityOf('acme')
      const finish = { from: ['identifying'], to: 'identified', set: { identity, login: null } } as const
      expect(await move(attempt.id, finish)).toBe(true)
      expect(await store().attempts.find(attempt.id)).toMatchObject({
        status: 'identified',
        identity,
        login: null,
      })
    })

    test('give a contested move to one caller', async () => {
      const attempt = newAttempt()
      await store().attempts.open(attempt)
      const move = { from: ['arrived'], to: 'identifying' } as const
      const moved = await Promise.all([1, 2, 3].map(() => store().attempts.move(attempt.id, move)))
      expect(moved.filter(Boolean)).toHaveLength(1)
    })

    test('of two tabs that start the login, the first round counts', async () => {
      const attempt = newAttempt()
      await store().attempts.open(attempt)
      const start = (login: string) =>
        ({ from: ['arrived'], to: 'arrived', onlyWithoutLogin: true, set: { login } }) as const
      const started = await Promise.all(
        ['one', 'two'].map((round) => store().attempts.move(attempt.id, start(round))),
      )
      expect(started.filter(Boolean)).toHaveLength(1)
      expect((await store().attempts.find(attempt.id))?.login).toBe(started[0] ? 'one' : 'two')
    })

    test('do not move when their time is over', async () => {
      const attempt = newAttempt()
      await store().attempts.open(attempt)
      const move = { from: ['arrived'], to: 'identifying' } as const
      await setTime(after(NOON, attempt.life))
      expect(await store().attempts.move(attempt.id, move)).toBe(false)
    })
  })
}

function describeClaims(store: () => Store, setTime: OpenedStore['setTime']) {
  describe('claiming', () => {
    test('gives one of many confirmations the exchange and commits a crmKey that resolves', async () => {
      const attempt = await identified(store(), 'acme', { state: 'the state' })
      const claims = Array.from({ length: 5 }, () => store().exchanges.claim(newExchange(attempt)))
      const results = await Promise.all(claims)
      const winner = results.find((result) => result.kind === 'claimed')?.exchange
      expect(results.map(({ kind }) => kind).sort()).toEqual([
        'claimed',
        ...Array<string>(4).fill('not_open'),
      ])
      expect(winner).toMatchObject({ state: 'the state', crmKey: expect.any(String) as string })
      const exchange = await store().exchanges.find(attempt.stateHash)
      expect(exchange).toMatchObject({ status: 'pending', sendable: true, maybeAnswered: false, tries: 1 })
      expect(JSON.stringify(exchange)).not.toContain('the state')
      const key = await openedKey(store(), winner?.crmKey ?? '')
      expect(key).toMatchObject({ crmAccountId: 'acme', keyStatus: 'pending', apiKey: null, generation: 1 })
    })

    test('takes the state away from the attempt', async () => {
      const { attemptId } = await claimed(store(), 'acme')
      expect(await store().attempts.find(attemptId)).toMatchObject({ status: 'confirmed', state: null })
    })

    test('a second attempt of the same account joins', async () => {
      const first = await claimed(store(), 'acme', 'the state')
      const second = await identified(store(), 'acme', { state: 'the state' })
      expect(await store().exchanges.claim(newExchange(second))).toEqual({ kind: 'joined' })
      expect((await store().attempts.find(second.id))?.status).toBe('confirmed')
      expect(await openedKey(store(), first.crmKey)).toMatchObject({ generation: 1, keyStatus: 'pending' })
    })

    test('another account is refused, and its attempt says why', async () => {
      await claimed(store(), 'acme', 'the state')
      const thief = await identified(store(), 'nordwind', { state: 'the state' })
      expect(await store().exchanges.claim(newExchange(thief))).toEqual({ kind: 'elsewhere' })
      expect(await store().attempts.find(thief.id)).toMatchObject({
        ...{ status: 'failed', reason: 'state_used_elsewhere' },
      })
      expect(await store().connections.find('nordwind')).toBeNull()
    })

    test('of two accounts that confirm one state at once, one gets it', async () => {
      const rivals = [
        await identified(store(), 'acme', { state: 'the state' }),
        await identified(store(), 'nordwind', { state: 'the state' }),
      ]
      const results = await Promise.all(
        rivals.map((attempt) => store().exchanges.claim(newExchange(attempt))),
      )
      expect(results.map(({ kind }) => kind).sort()).toEqual(['claimed', 'elsewhere'])
    })

    const page = () => shownNow(store(), 'acme')

    const attemptAndKeys = async ({ id, stateHash }: NewAttempt, crmKey: string) => ({
      status: (await store().attempts.find(id))?.status,
      exchange: await store().exchanges.find(stateHash),
      key: await openedKey(store(), crmKey),
    })

    const UNTOUCHED = { status: 'identified', exchange: null, key: null }

    test('a connect that has finished since the page was shown: nothing is spent, and the page is shown again', async () => {
      const attempt = await identified(store(), 'acme')
      const pressed = newExchange(attempt, await page())
      await connected(store(), 'acme', 'api-key-1')
      expect(await store().exchanges.claim(pressed)).toEqual({ kind: 'changed' })
      expect(await attemptAndKeys(attempt, pressed.crmKey)).toEqual(UNTOUCHED)
      const anew = newExchange(attempt, await page())
      expect(await store().exchanges.claim(anew)).toMatchObject({ kind: 'claimed' })
    })

    test('a reconnect that has finished since is another connection than the one shown', async () => {
      await connected(store(), 'acme', 'api-key-1')
      const attempt = await identified(store(), 'acme')
      const pressed = newExchange(attempt, await page())
      const other = await claimed(store(), 'acme')
      await store().exchanges.record({ ...keyFor(other, 'api-key-2'), now: after(NOON, 1) })
      expect(await store().exchanges.claim(pressed)).toEqual({ kind: 'changed' })
      expect(await attemptAndKeys(attempt, pressed.crmKey)).toEqual(UNTOUCHED)
    })

    test('a disconnect since leaves nothing to replace, which is another thing than what was shown', async () => {
      await connected(store(), 'acme', 'api-key-1')
      const attempt = await identified(store(), 'acme')
      const pressed = newExchange(attempt, await page())
      await store().connections.disconnect('acme', OPERATOR, NOON)
      expect(await store().exchanges.claim(pressed)).toEqual({ kind: 'changed' })
      const anew = newExchange(attempt, { replaces: 'none' })
      expect(await store().exchanges.claim(anew)).toMatchObject({ kind: 'claimed' })
    })

    test('a confirmation that came to nothing has not changed what is replaced', async () => {
      const attempt = await identified(store(), 'acme')
      const pressed = newExchange(attempt, await page())
      const failed = await claimed(store(), 'acme')
      await store().exchanges.fail(failed, {
        ...{ reason: 'state_refused', grace: 0, retryIn: 0, ...AT_NOON },
      })
      expect(await store().exchanges.claim(pressed)).toMatchObject({ kind: 'claimed' })
    })

    test('where this very state was used meanwhile there is nothing to ask', async () => {
      const second = await identified(store(), 'acme', { state: 'the state' })
      const thief = await identified(store(), 'nordwind', { state: 'the state' })
      const pressed = newExchange(second, await page())
      await recordKey(store(), await claimed(store(), 'acme', 'the state'), 'api-key-1')
      await claimed(store(), 'acme')
      expect(await store().exchanges.claim(pressed)).toEqual({ kind: 'joined' })
      const stolen = newExchange(thief, { replaces: 'something else' })
      expect(await store().exchanges.claim(stolen)).toEqual({ kind: 'elsewhere' })
    })

    test('of two confirmations with two states at once, one is made and the other has to ask again', async () => {
      const pressed = []
      for (let n = 0; n < 2; n++) pressed.push(newExchange(await identified(store(), 'acme'), await page()))
      const results = await Promise.all(pressed.map((one) => store().exchanges.claim(one)))
      expect(results.map(({ kind }) => kind).sort()).toEqual(['busy', 'claimed'])
    })

    test('an attempt whose time is over gets nothing', async () => {
      const attempt = await identified(store(), 'acme')
      await setTime(after(NOON, attempt.life))
      expect(await store().exchanges.claim(newExchange(attempt))).toEqual({ kind: 'not_open' })
      expect(await store().exchanges.find(attempt.stateHash)).toBeNull()
    })
  })
}
