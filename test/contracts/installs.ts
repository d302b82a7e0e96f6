import { describe, expect, test } from 'vitest'
import { after, minutes } from '../../src/shared/clock.ts'
import type { Actor, Store } from '../../src/store/port.ts'
import { identified, newAttempt, newExchange, NOON } from '../support/attempts.ts'

const by = (userName: string): Actor => ({ userId: 'operator', userName, address: 'host-1' })
const LATER = after(NOON, minutes(5))

/** What every store does for the kill switch. */
export function describeInstalls(store: () => Store) {
  describe('installs', () => {
    test('are not paused before anybody has said so', async () => {
      const never = { paused: false, reason: null, changedBy: null, changedAt: null }
      expect(await store().installs.read()).toEqual(never)
      expect(await store().installs.set(null, by('Olga'), NOON)).toEqual(never)
      expect(await store().audit.of('', 10)).toEqual([])
    })

    test('that are paused take no new attempt, and keep those that are there', async () => {
      const { installs, attempts, exchanges } = store()
      const [early, loggedIn] = [newAttempt(), await identified(store(), 'acme')]
      await attempts.open(early)
      await installs.set('it is moved', by('Olga'), NOON)
      // Also where one would have to make room: nobody is put out for an attempt that is not taken.
      for (const most of [undefined, 1]) expect(await attempts.open(newAttempt(), most)).toBe('paused')
      const start = { from: ['arrived'], to: 'arrived', set: { login: 'a round' } } as const
      expect(await attempts.move(early.id, start)).toBe(true)
      expect(await exchanges.claim(newExchange(loggedIn))).toMatchObject({ kind: 'claimed' })
      await installs.set(null, by('Ivan'), LATER)
      expect(await attempts.open(newAttempt())).toBe('opened')
    })

    test('say who has paused them, when and why; what is so already is left as it is', async () => {
      const { installs, audit } = store()
      const paused = { paused: true, reason: 'it is moved', changedBy: 'Olga', changedAt: NOON }
      expect(await installs.set('it is moved', by('Olga'), NOON)).toEqual(paused)
      expect(await installs.set('it is moved', by('Ivan'), LATER)).toEqual(paused)
      expect(await installs.read()).toEqual(paused)
      const longer = { ...paused, reason: 'it takes longer', changedBy: 'Ivan', changedAt: LATER }
      expect(await installs.set('it takes longer', by('Ivan'), LATER)).toEqual(longer)
      const resumed = { paused: false, reason: null, changedBy: 'Ivan', changedAt: LATER }
      expect(await installs.set(null, by('Ivan'), LATER)).toEqual(resumed)
      expect(await installs.read()).toEqual(resumed)
      const told = (await audit.of('', 10)).map(({ at, action, userName }) => [at, action, userName])
      expect(told).toEqual([
        [LATER, 'installs.resumed', 'Ivan'],
        [LATER, 'installs.paused', 'Ivan'],
        [NOON, 'installs.paused', 'Olga'],
      ])
    })

    test('that two operators pause at the same moment are paused once', async () => {
      const both = ['Olga', 'Ivan'].map((name) => store().installs.set('it is moved', by(name), NOON))
      const [one, other] = await Promise.all(both)
      expect(one).toEqual(other)
      expect(await store().audit.of('', 10)).toHaveLength(1)
    })
  })
}
