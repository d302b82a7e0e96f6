import { describe, expect, test } from 'vitest'
import { after, hours, minutes } from '../../src/shared/clock.ts'
import type { NextTry, Store } from '../../src/store/port.ts'
import {
  AT_NOON,
  claimed,
  connected,
  identified,
  newExchange,
  NOON,
  openedKey,
  recordKey,
  shownNow,
} from '../support/attempts.ts'

export const OPERATOR = { userId: 'operator', userName: 'Olga', address: '192.0.2.1' }

/** What becomes of a connection after it was made: part of the contract of every store. */
export function describeLifecycle(store: () => Store, setTime: (to: Date) => Promise<void>) {
  const keyOf = (crmKey: string) => openedKey(store(), crmKey)
  const disconnect = (account: string, now = NOON) => store().connections.disconnect(account, OPERATOR, now)
  const actions = async (account: string) =>
    (await store().audit.of(account, 100)).map(({ action }) => action)

  describe('the current key', () => {
    test('is that of the newest generation', async () => {
      await connected(store(), 'acme', 'api-key-1')
      const newer = await connected(store(), 'acme', 'api-key-2')
      const key = await store().keys.current('acme')
      expect(key).toMatchObject({ generationId: newer.generationId, generation: 2, crmAccountId: 'acme' })
      expect(key?.apiKey()).toBe('api-key-2')
    })

    test('is not there before the connect, nor after the disconnect', async () => {
      await claimed(store(), 'acme')
      expect(await store().keys.current('acme')).toBeNull()
      await connected(store(), 'nordwind', 'api-key-1')
      await disconnect('nordwind')
      expect(await store().keys.current('nordwind')).toBeNull()
    })
  })

  describe('disconnecting', () => {
    test('ends every key of the connection, and keeps its history', async () => {
      const older = await connected(store(), 'acme', 'api-key-1')
      const newer = await connected(store(), 'acme', 'api-key-2')
      expect(await disconnect('acme')).toBe(true)
      expect([await keyOf(older.crmKey), await keyOf(newer.crmKey)]).toEqual([null, null])
      expect(await store().connections.find('acme')).toMatchObject({
        ...{
          status: 'disconnected',
          generation: null,
          disconnectedAt: NOON,
          crmAccountName: 'The acme company',
        },
      })
      const [latest] = await store().audit.of('acme', 1)
      expect(latest).toEqual({
        ...{ ...OPERATOR, at: NOON, action: 'connection.disconnected' },
        ...{ crmAccountId: 'acme', wazzupAccountId: '12345678', generation: 2 },
      })
    })

    test('does nothing twice, and nothing to an account that was never connected', async () => {
      await connected(store(), 'acme', 'api-key-1')
      expect(await disconnect('acme')).toBe(true)
      expect(await disconnect('acme')).toBe(false)
      expect(await disconnect('nobody')).toBe(false)
      expect((await actions('acme')).filter((action) => action === 'connection.disconnected')).toHaveLength(1)
    })

    test('ends an exchange under way: its answer, when it comes, connects nothing', async () => {
      await connected(store(), 'acme', 'api-key-1')
      const pending = await claimed(store(), 'acme')
      await disconnect('acme')
      expect(await keyOf(pending.crmKey)).toBeNull()
      expect(await recordKey(store(), pending, 'api-key-2')).toBe(false)
      expect(await store().exchanges.find(pending.stateHash)).toMatchObject({
        ...{ status: 'failed', reason: 'restart_needed', sendable: false },
      })
      expect(await store().connections.find('acme')).toMatchObject({ status: 'disconnected' })
    })

    test('ends a first exchange under way, of which nothing was there but a key that resolved', async () => {
      const pending = await claimed(store(), 'acme')
      expect(await disconnect('acme')).toBe(true)
      expect(await keyOf(pending.crmKey)).toBeNull()
      expect(await store().exchanges.find(pending.stateHash)).toMatchObject({
        ...{ status: 'failed', reason: 'restart_needed', sendable: false },
      })
      expect(await recordKey(store(), pending, 'api-key-1')).toBe(false)
      expect(await store().connections.find('acme')).toBeNull()
      expect(await store().audit.of('acme', 9)).toEqual([
        {
          ...{ ...OPERATOR, at: NOON, action: 'connection.disconnected' },
          ...{ crmAccountId: 'acme', wazzupAccountId: '12345678', generation: 1 },
        },
      ])
      expect(await disconnect('acme')).toBe(false)
      await connected(store(), 'acme', 'api-key-2')
      expect(await store().connections.find('acme')).toMatchObject({ status: 'connected', generation: 2 })
    })

    test('ends an exchange that began after an earlier disconnect', async () => {
      await connected(store(), 'acme', 'api-key-1')
      await disconnect('acme')
      const again = await claimed(store(), 'acme')
      const later = after(NOON, minutes(1))
      expect(await disconnect('acme', later)).toBe(true)
      expect(await keyOf(again.crmKey)).toBeNull()
      expect(await recordKey(store(), again, 'api-key-2')).toBe(false)
      expect(await store().connections.find('acme')).toMatchObject({
        ...{ status: 'disconnected', disconnectedAt: later },
      })
    })

    test('while the exchange that it has ended is on its way, no other is sent; its answer makes room', async () => {
      const sent = await claimed(store(), 'acme')
      expect(await disconnect('acme')).toBe(true)
      const attempt = await identified(store(), 'acme')
      expect(await store().exchanges.claim(newExchange(attempt))).toEqual({ kind: 'busy' })
      expect(await recordKey(store(), sent, 'api-key-1')).toBe(false)
      expect(await store().exchanges.claim(newExchange(attempt))).toMatchObject({ kind: 'claimed' })
    })

    test('ends a key that Wazzup may know of an exchange that was given up', async () => {
      const givenUp = await claimed(store(), 'acme')
      const grace = hours(24)
      await store().exchanges.fail(givenUp, { reason: 'restart_needed', grace, retryIn: 0, ...AT_NOON })
      expect(await disconnect('acme')).toBe(true)
      expect(await keyOf(givenUp.crmKey)).toBeNull()
      expect(await recordKey(store(), givenUp, 'api-key-1')).toBe(false)
    })

    test('leaves others alone, and does not keep the account from connecting anew', async () => {
      const other = await connected(store(), 'nordwind', 'api-key-1')
      const before = await connected(store(), 'acme', 'api-key-2')
      await disconnect('acme')
      const pending = await claimed(store(), 'acme')
      // Until it is connected again, it is disconnected.
      expect(await store().connections.find('acme')).toMatchObject({ status: 'disconnected' })
      await recordKey(store(), pending, 'api-key-3')
      expect(await keyOf(pending.crmKey)).toMatchObject({ keyStatus: 'current', generation: 2 })
      expect(await keyOf(before.crmKey)).toBeNull()
      expect(await store().connections.find('acme')).toMatchObject({
        status: 'connected',
        disconnectedAt: null,
      })
      expect(await keyOf(other.crmKey)).toMatchObject({ keyStatus: 'current' })
    })
  })

  describe('health', () => {
    const later = after(NOON, hours(1))

    test('an invalid connection still resolves, says since when, and recovers', async () => {
      const { generationId, crmKey } = await connected(store(), 'acme', 'api-key-1')
      expect(await store().connections.noteHealth(generationId, 'invalid', later)).toBe(true)
      expect(await store().connections.noteHealth(generationId, 'invalid', after(later, 1))).toBe(false)
      expect(await store().connections.find('acme')).toMatchObject({ status: 'invalid', invalidSince: later })
      expect(await keyOf(crmKey)).toMatchObject({ keyStatus: 'current', apiKey: 'api-key-1' })
      expect(await store().connections.noteHealth(generationId, 'valid', later)).toBe(true)
      expect(await store().connections.find('acme')).toMatchObject({
        status: 'connected',
        invalidSince: null,
      })
      expect(await actions('acme')).toEqual([
        'connection.recovered',
        'connection.invalid',
        'connection.connected',
      ])
    })

    test('what is said late of an older generation never touches the new one', async () => {
      const older = await connected(store(), 'acme', 'api-key-1')
      await connected(store(), 'acme', 'api-key-2')
      expect(await store().connections.noteHealth(older.generationId, 'invalid', later)).toBe(false)
      expect(await store().connections.find('acme')).toMatchObject({ status: 'connected' })
    })

    test('a disconnected connection has no health', async () => {
      const { generationId } = await connected(store(), 'acme', 'api-key-1')
      await disconnect('acme')
      expect(await store().connections.noteHealth(generationId, 'invalid', later)).toBe(false)
      expect(await store().connections.find('acme')).toMatchObject({ status: 'disconnected' })
    })

    test('a reconnect makes an invalid connection good again', async () => {
      const { generationId } = await connected(store(), 'acme', 'api-key-1')
      await store().connections.noteHealth(generationId, 'invalid', later)
      await connected(store(), 'acme', 'api-key-2')
      expect(await store().connections.find('acme')).toMatchObject({
        status: 'connected',
        invalidSince: null,
      })
    })
  })

  describe('probing', () => {
    const day = after(NOON, hours(24))
    const claimProbe = async (now: Date, runner = 'runner') => {
      await setTime(now)
      return store().connections.claimProbe({ runner, lease: minutes(2) }, hours(24))
    }

    const note = (generationId: string, next: NextTry, runner = 'runner') =>
      store().connections.noteProbe({ runner, key: { generationId } }, next)
    /** An account whose apiKey was tried at noon. */
    const tried = async () => {
      const exchange = await connected(store(), 'acme', 'api-key-1')
      await claimProbe(NOON)
      await note(exchange.generationId, { ago: 0 })
      return exchange
    }

    test('takes a new apiKey at once, also one that follows upon a refused one', async () => {
      const older = await connected(store(), 'acme', 'api-key-1')
      expect(await claimProbe(NOON)).toMatchObject({ generationId: older.generationId, pause: null })
      await store().connections.noteHealth(older.generationId, 'invalid', NOON)
      const { generationId } = await connected(store(), 'acme', 'api-key-2')
      expect(await claimProbe(NOON)).toMatchObject({ generationId, pause: null })
      expect(await claimProbe(NOON)).toBeNull()
    })

    test('takes a refused one after a minute, then after the pauses that are noted, off time aside', async () => {
      const { generationId } = await tried()
      await setTime(NOON)
      await store().connections.noteHealth(generationId, 'invalid', NOON)
      expect(await claimProbe(after(NOON, minutes(1) - 1))).toBeNull()
      expect(await claimProbe(after(NOON, minutes(1)))).toMatchObject({ generationId, pause: minutes(1) })
      expect(await note(generationId, { ago: 0, pause: minutes(3) })).toBe(true)
      expect(await claimProbe(after(NOON, minutes(4) - 1))).toBeNull()
      // Nobody was there for five hours.
      const late = after(NOON, hours(5))
      expect(await claimProbe(late)).toMatchObject({ generationId, pause: minutes(3) })
      // Held back, it is due as it was.
      await note(generationId, { ago: minutes(3), pause: 0 })
      expect(await claimProbe(late)).toMatchObject({ generationId, pause: minutes(3) })
    })

    test('takes a refused one no later than any other, whatever its pause', async () => {
      const { generationId } = await tried()
      await setTime(NOON)
      await store().connections.noteHealth(generationId, 'invalid', NOON)
      await claimProbe(after(NOON, minutes(1)))
      await note(generationId, { ago: 0, pause: hours(99) })
      expect(await claimProbe(after(day, minutes(1)))).toMatchObject({ generationId })
    })

    test('a claim is gone once somebody else was told that the key is refused', async () => {
      const { generationId } = await connected(store(), 'acme', 'api-key-1')
      await claimProbe(NOON)
      await store().connections.noteHealth(generationId, 'invalid', NOON)
      expect(await note(generationId, { ago: 0 })).toBe(false)
    })

    test('takes an apiKey that has gone untried, once, for one caller', async () => {
      const { generationId } = await tried()
      expect(await claimProbe(after(day, -1))).toBeNull()
      const taken = await Promise.all([1, 2, 3].map(() => claimProbe(day)))
      const [first, ...others] = taken.filter((one) => one !== null)
      expect(others).toEqual([])
      expect(first).toMatchObject({ generationId, crmAccountId: 'acme' })
      expect(first?.apiKey()).toBe('api-key-1')
    })

    test('takes one at once whose account Wazzup may have bound again by an exchange whose answer is lost for good', async () => {
      const { generationId } = await tried()
      const failure = { grace: hours(24), retryIn: 0, ...AT_NOON }
      await store().exchanges.fail(await claimed(store(), 'acme'), { ...failure, reason: 'state_refused' })
      expect(await claimProbe(NOON)).toBeNull()
      await store().exchanges.fail(await claimed(store(), 'acme'), { ...failure, reason: 'restart_needed' })
      expect(await claimProbe(NOON)).toMatchObject({ generationId })
    })

    test('comes back after the time that was noted', async () => {
      const { generationId } = await tried()
      await claimProbe(day)
      expect(await note(generationId, { ago: minutes(10) })).toBe(true)
      expect(await claimProbe(after(day, hours(24) - minutes(11)))).toBeNull()
      expect(await claimProbe(after(day, hours(24) - minutes(10)))).toMatchObject({ generationId })
    })

    test('one that a crash left in trial is tried again when its lease is over, and the first writes nothing any more', async () => {
      const { generationId } = await connected(store(), 'acme', 'api-key-1')
      await claimProbe(day, 'crashed')
      expect(await claimProbe(after(day, minutes(2) - 1))).toBeNull()
      expect(await claimProbe(after(day, minutes(2)), 'next')).toMatchObject({ generationId })
      const notes = [
        await note(generationId, { ago: 0 }, 'crashed'),
        await note(generationId, { ago: 0 }, 'next'),
      ]
      expect(notes).toEqual([false, true])
    })

    test('leaves disconnected and unfinished ones alone', async () => {
      await connected(store(), 'acme', 'api-key-1')
      await disconnect('acme')
      await claimed(store(), 'nordwind')
      expect(await claimProbe(after(day, hours(99)))).toBeNull()
    })
  })

  describe('listing', () => {
    const names = async (page: Partial<Parameters<Store['connections']['list']>[0]>) =>
      (await store().connections.list({ status: null, after: null, limit: 10, ...page })).map(
        ({ crmAccountId }) => crmAccountId,
      )

    test('pages through the accounts in order, each once, without unfinished ones', async () => {
      for (const account of ['delta', 'alpha', 'charlie', 'bravo'])
        await connected(store(), account, `key-${account}`)
      await claimed(store(), 'unfinished')
      expect(await names({ limit: 3 })).toEqual(['alpha', 'bravo', 'charlie'])
      expect(await names({ limit: 3, after: 'charlie' })).toEqual(['delta'])
    })

    test('shows those of one status', async () => {
      const { generationId } = await connected(store(), 'acme', 'api-key-1')
      await connected(store(), 'nordwind', 'api-key-2')
      await connected(store(), 'gone', 'api-key-3')
      await store().connections.noteHealth(generationId, 'invalid', NOON)
      await disconnect('gone')
      expect(await names({ status: 'invalid' })).toEqual(['acme'])
      expect(await names({ status: 'connected' })).toEqual(['nordwind'])
      expect(await names({ status: 'disconnected' })).toEqual(['gone'])
    })
  })

  test('the audit tells the latest first, of one account only', async () => {
    await connected(store(), 'acme', 'api-key-1')
    const entry = {
      ...{ ...OPERATOR, at: after(NOON, 1), action: 'api_key.read' as const },
      ...{ crmAccountId: 'acme', wazzupAccountId: null, generation: 1 },
    }
    await store().audit.append(entry)
    await connected(store(), 'nordwind', 'api-key-2')
    expect(await store().audit.of('acme', 1)).toEqual([entry])
    expect(await actions('acme')).toEqual(['api_key.read', 'connection.connected'])
  })

  test('a second reconnect within the grace keeps the first key its own time', async () => {
    const first = await connected(store(), 'acme', 'api-key-1')
    const later = after(NOON, hours(1))
    const attempt = await identified(store(), 'acme')
    const second = newExchange(attempt, await shownNow(store(), 'acme'))
    await store().exchanges.claim(second)
    await setTime(later)
    await store().exchanges.record({
      ...{
        stateHash: attempt.stateHash,
        generationId: second.generationId,
        apiKey: 'api-key-2',
        apiKeyHash: 'h2',
      },
      ...{ now: later, grace: hours(24), upload: false },
    })
    await setTime(after(NOON, hours(24)))
    expect(await keyOf(first.crmKey)).toMatchObject({ keyStatus: 'previous' })
    await setTime(after(later, hours(24)))
    expect(await keyOf(first.crmKey)).toBeNull()
  })
}
