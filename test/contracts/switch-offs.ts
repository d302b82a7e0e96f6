import { describe, expect, test } from 'vitest'
import { digest } from '../../src/crypto/digest.ts'
import { after, hours, minutes } from '../../src/shared/clock.ts'
import type { Store, SwitchOff } from '../../src/store/port.ts'
import { AT_NOON, identified, keyFor, newExchange, NOON, shownNow } from '../support/attempts.ts'

const OPERATOR = { userId: 'operator', userName: 'Olga', address: '192.0.2.1' }
const LEASE = minutes(2)
const GRACE_OVER = after(NOON, hours(24))
const [W1, W2] = ['11111111', '22222222']

/** Webhooks that are to be switched off when a key ends: part of the contract of every store. */
export function describeSwitchOffs(store: () => Store, setTime: (to: Date) => Promise<void>) {
  async function confirm(account: string, wazzupAccountId: string | null = W1) {
    const attempt = await identified(store(), account, { wazzupAccountId })
    const result = await store().exchanges.claim(newExchange(attempt, await shownNow(store(), account)))
    if (result.kind !== 'claimed') throw new Error(`expected a claim, got ${result.kind}`)
    return result.exchange
  }
  async function connect(account: string, apiKey: string, wazzupAccountId: string | null = W1) {
    const exchange = await confirm(account, wazzupAccountId)
    await store().exchanges.record(keyFor(exchange, apiKey))
    return exchange
  }
  /** An exchange that was given up, and whose apiKey may still come. */
  async function givenUp(account: string) {
    const exchange = await confirm(account)
    const failure = { reason: 'restart_needed', grace: hours(24), retryIn: 0, ...AT_NOON } as const
    await store().exchanges.fail(exchange, failure)
    return exchange
  }
  const disconnect = (account: string, runner?: string) =>
    store().connections.disconnect(
      account,
      { ...OPERATOR, ...(runner !== undefined && { taken: { runner, lease: LEASE } }) },
      NOON,
    )
  const claim = (runner = 'worker') => store().switchOffs.claimDue({ runner, lease: LEASE })
  async function taken(runner?: string): Promise<SwitchOff> {
    const one = await claim(runner)
    if (!one) throw new Error('nothing was due')
    return one
  }
  /** All that are due now, each with its key. */
  async function allDue() {
    const due = []
    for (let one = await claim(); one; one = await claim()) due.push(`${one.cause} ${one.apiKey()}`)
    return due.sort()
  }

  describe('switching off', () => {
    test('a disconnect queues it with the key that it ends, taken by whoever disconnects', async () => {
      const { generationId } = await connect('acme', 'api-key-1')
      await disconnect('acme', 'operator')
      const [held, ...others] = await store().switchOffs.heldBy('operator')
      expect(others).toEqual([])
      expect(held).toMatchObject({
        ...{ runner: 'operator', generationId, crmAccountId: 'acme', wazzupAccountId: W1 },
        ...{ cause: 'disconnected', tries: 1, isLast: false },
      })
      expect(held?.apiKey()).toBe('api-key-1')
      expect(await claim()).toBeNull()
    })

    test('what a process that died has taken is taken over when its lease is over', async () => {
      await connect('acme', 'api-key-1')
      await disconnect('acme', 'operator')
      const [held] = await store().switchOffs.heldBy('operator')
      if (!held) throw new Error('nothing is held')
      await setTime(after(NOON, LEASE - 1))
      expect(await claim()).toBeNull()
      await setTime(after(NOON, LEASE))
      const next = await taken()
      expect(next).toMatchObject({ runner: 'worker', tries: 2 })
      // The first writes nothing any more.
      expect(await store().switchOffs.end(held)).toBe(false)
      expect(await store().switchOffs.postpone(held, 0)).toBe(false)
      expect(await store().switchOffs.end(next)).toBe(true)
      expect(await store().switchOffs.end(next)).toBe(false)
    })

    test('of many workers one has it', async () => {
      await connect('acme', 'api-key-1')
      await disconnect('acme')
      const claims = await Promise.all(['a', 'b', 'c'].map((runner) => claim(runner)))
      expect(claims.filter((one) => one !== null)).toHaveLength(1)
    })

    test('what failed is due again after its pause, and the last time when a day has passed', async () => {
      await connect('acme', 'api-key-1')
      await disconnect('acme')
      await store().switchOffs.postpone(await taken(), minutes(1))
      expect(await claim()).toBeNull()
      await setTime(after(NOON, minutes(1)))
      const second = await taken()
      expect(second).toMatchObject({ tries: 3, isLast: false })
      await store().switchOffs.postpone(second, hours(24) - minutes(1))
      await setTime(after(NOON, hours(24)))
      expect(await taken()).toMatchObject({ isLast: true })
    })

    test('a disconnect queues it for a key that came late, too', async () => {
      await connect('acme', 'api-key-1')
      const late = await givenUp('acme')
      await confirm('acme')
      expect(await store().exchanges.record(keyFor(late, 'late-key'))).toEqual({ kind: 'kept' })
      await disconnect('acme')
      expect(await allDue()).toEqual(['disconnected api-key-1', 'disconnected late-key'])
    })

    test('a key that comes after the disconnect is used for it', async () => {
      const pending = await confirm('acme')
      await disconnect('acme')
      expect(await allDue()).toEqual([])
      await store().exchanges.record(keyFor(pending, 'late-key'))
      expect(await allDue()).toEqual(['late late-key'])
    })

    test('a move to another Wazzup account queues it for the older one, shortly before the end of its grace', async () => {
      await connect('acme', 'key-of-w1', W1)
      await connect('acme', 'key-of-w2', W2)
      await setTime(after(GRACE_OVER, -minutes(11)))
      expect(await claim()).toBeNull()
      await setTime(after(GRACE_OVER, -minutes(10)))
      expect(await taken()).toMatchObject({ cause: 'moved', wazzupAccountId: W1, isLast: false })
    })

    test('a reconnect of the same Wazzup account queues nothing, and a disconnect after it the newer key alone', async () => {
      await connect('acme', 'api-key-1')
      await connect('acme', 'api-key-2')
      await setTime(GRACE_OVER)
      expect(await claim()).toBeNull()
      await setTime(NOON)
      await disconnect('acme')
      expect(await allDue()).toEqual(['disconnected api-key-2'])
    })

    test('a disconnect after a move ends both, and waits with neither', async () => {
      await connect('acme', 'key-of-w1', W1)
      await connect('acme', 'key-of-w2', W2)
      await disconnect('acme', 'operator')
      const held = await store().switchOffs.heldBy('operator')
      expect(held.map(({ wazzupAccountId }) => wazzupAccountId)).toEqual([W2])
      expect(await allDue()).toEqual(['moved key-of-w1'])
    })

    test('of a Wazzup account that nobody knows, a disconnect alone queues it', async () => {
      await connect('acme', 'key-of-nobody', null)
      await connect('acme', 'key-of-w2', W2)
      await connect('nordwind', 'key-of-nobody-else', null)
      await setTime(GRACE_OVER)
      expect(await claim()).toBeNull()
      await setTime(NOON)
      for (const account of ['acme', 'nordwind']) await disconnect(account)
      expect(await allDue()).toEqual(['disconnected key-of-nobody-else', 'disconnected key-of-w2'])
    })

    test('tells who else uses that Wazzup account or that key now, be it refused', async () => {
      const users = (wazzupAccountId: string | null, apiKey: string) =>
        store().switchOffs.usersOf(wazzupAccountId, digest(apiKey))
      await connect('acme', 'api-key-1', W1)
      const { generationId } = await connect('nordwind', 'api-key-2', W1)
      await connect('contoso', 'api-key-3', null)
      await store().connections.noteHealth(generationId, 'invalid', NOON)
      expect((await users(W1, 'another key')).sort()).toEqual(['acme', 'nordwind'])
      expect(await users(null, 'api-key-3')).toEqual(['contoso'])
      expect(await users(W2, 'another key')).toEqual([])
      await disconnect('acme')
      expect(await users(W1, 'api-key-1')).toEqual(['nordwind'])
    })

    test('what is disconnected during its upload is tried once more, whatever comes of the first try', async () => {
      for (const account of ['acme', 'nordwind'])
        await store().exchanges.record(keyFor(await confirm(account), `key-of-${account}`, true))
      const upload = await store().uploads.claimDue({ runner: 'uploader', lease: LEASE })
      for (const account of ['acme', 'nordwind']) await disconnect(account, 'operator')
      const held = await store().switchOffs.heldBy('operator')
      const tries = held.map(({ crmAccountId, tries }) => [crmAccountId, tries])
      const uploading = upload?.key.crmAccountId
      expect(Object.fromEntries(tries)).toEqual({ acme: 1, nordwind: 1, [uploading ?? '']: 0 })
    })
  })
}
