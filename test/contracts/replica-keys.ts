import { describe, expect, test } from 'vitest'
import { after, hours, minutes } from '../../src/shared/clock.ts'
import type { Store } from '../../src/store/port.ts'
import { ANNOUNCED_FOR } from '../../src/store/sealing-records.ts'
import { LONGEST_PAUSE } from '../../src/workers/loop.ts'
import { NOON } from '../support/attempts.ts'

/** Who has which encryption keys: part of the contract of every store. */
export function describeReplicaKeys(store: () => Store, setTime: (to: Date) => Promise<void>) {
  describe('the keys of running replicas', () => {
    const older = { name: 'web-1:7', id: 'a', keys: ['k1'] }
    const newer = { name: 'web-2:7', id: 'b', keys: ['k2', 'k1'] }
    const announced = () => store().sealingKeys.announced()

    test('are known, in their order, until the replica takes them back', async () => {
      await store().sealingKeys.announce(newer)
      await store().sealingKeys.announce(older)
      expect(await announced()).toEqual([older, newer])
      await store().sealingKeys.withdraw(older)
      expect(await announced()).toEqual([newer])
    })

    test('are told apart where a replica has the name of the one before it', async () => {
      const next = { ...older, id: 'c' }
      await store().sealingKeys.announce(older)
      await store().sealingKeys.announce(next)
      await store().sealingKeys.withdraw(older)
      expect(await announced()).toEqual([next])
    })

    test('have names that no terminal obeys', async () => {
      await store().sealingKeys.announce({ ...older, name: 'web\u001b[2J:7' })
      expect(await announced()).toEqual([{ ...older, name: 'web\\u{1b}[2J:7' }])
    })

    test('are forgotten when the replica has not said them again for a while', async () => {
      await store().sealingKeys.announce(older)
      await setTime(after(NOON, minutes(1)))
      await store().sealingKeys.announce(older)
      await setTime(after(NOON, minutes(1) + ANNOUNCED_FOR - 1))
      expect(await announced()).toEqual([older])
      await setTime(after(NOON, minutes(1) + ANNOUNCED_FOR))
      expect(await announced()).toEqual([])
    })

    test('outlast the longest pause of the worker that says them', () => {
      expect(ANNOUNCED_FOR).toBeGreaterThan(LONGEST_PAUSE)
    })

    test('are left alone by a machine whose clock is a day ahead, as every claim is', async () => {
      await store().sealingKeys.announce(older)
      await store().claims.claim('some-jti', minutes(1))
      await store().cleanUp(after(NOON, hours(25)), 100)
      expect(await announced()).toEqual([older])
      expect(await store().claims.claim('some-jti', minutes(1))).toBe(false)
    })
  })
}
