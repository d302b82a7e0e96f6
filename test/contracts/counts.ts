import { describe, expect, test } from 'vitest'
import { after, minutes, seconds } from '../../src/shared/clock.ts'
import type { Store, StoreCounts } from '../../src/store/port.ts'
import { claimed, connected, NOON, recordKey } from '../support/attempts.ts'

/** What a store counts for the metrics: part of the contract of every store. */
export function describeCounts(store: () => Store, setTime: (to: Date) => Promise<void>) {
  /** Of one kind, when the database has this time. */
  const jobsOf = (kind: keyof StoreCounts['jobs']) => async (at: Date) => {
    await setTime(at)
    return (await store().counts()).jobs[kind]
  }

  describe('counts', () => {
    const nothing = { waiting: 0, late: 0 }

    test('an empty store has none', async () => {
      expect(await store().counts()).toEqual({
        connections: {},
        jobs: { exchange: nothing, upload: nothing, switch_off: nothing },
      })
    })

    test('connections by status, without those that were never made', async () => {
      await connected(store(), 'acme', 'api-key-1')
      await connected(store(), 'acme', 'api-key-2')
      const { generationId } = await connected(store(), 'nordwind', 'api-key-3')
      await connected(store(), 'contoso', 'api-key-4')
      await claimed(store(), 'initech')
      await store().connections.noteHealth(generationId, 'invalid', NOON)
      await store().connections.disconnect(
        'contoso',
        { userId: 'operator', userName: 'Olga', address: '192.0.2.1' },
        NOON,
      )
      expect((await store().counts()).connections).toEqual({ connected: 1, invalid: 1, disconnected: 1 })
    })

    test('exchanges wait until they are settled, and are late from the end of their lease on', async () => {
      const exchange = await claimed(store(), 'acme')
      const jobs = jobsOf('exchange')
      expect(await jobs(NOON)).toEqual({ waiting: 1, late: 0 })
      expect(await jobs(after(NOON, minutes(1)))).toEqual({ waiting: 1, late: seconds(30) })
      await store().exchanges.postpone(exchange, { wait: minutes(5), lost: true })
      expect(await jobs(after(NOON, minutes(1)))).toEqual({ waiting: 1, late: 0 })
      await recordKey(store(), exchange, 'api-key-1')
      expect(await jobs(after(NOON, minutes(9)))).toEqual(nothing)
    })

    test('webhooks that are to be switched off wait until that is done, and are late from the end of their lease on', async () => {
      await connected(store(), 'acme', 'api-key-1')
      const operator = { userId: 'operator', userName: 'Olga', address: '192.0.2.1' }
      const taken = { runner: 'operator', lease: minutes(2) }
      await store().connections.disconnect('acme', { ...operator, taken }, NOON)
      const jobs = jobsOf('switch_off')
      expect(await jobs(NOON)).toEqual({ waiting: 1, late: 0 })
      expect(await jobs(after(NOON, minutes(3)))).toEqual({ waiting: 1, late: minutes(1) })
      for (const one of await store().switchOffs.heldBy('operator')) await store().switchOffs.end(one)
      expect(await jobs(after(NOON, minutes(3)))).toEqual(nothing)
    })

    test('uploads wait until they have ended, but not those whose key is refused', async () => {
      const [one, other] = [await claimed(store(), 'one'), await claimed(store(), 'other')]
      await recordKey(store(), one, 'api-key-1', true)
      await recordKey(store(), other, 'api-key-2', true)
      const jobs = jobsOf('upload')
      expect(await jobs(NOON)).toEqual({ waiting: 2, late: 0 })
      await store().connections.noteHealth(other.generationId, 'invalid', NOON)
      expect(await jobs(NOON)).toEqual({ waiting: 1, late: 0 })
      const claim = await store().uploads.claimDue({ runner: 'runner', lease: minutes(2) })
      expect(await jobs(NOON)).toEqual({ waiting: 1, late: 0 })
      if (!claim) throw new Error('nothing to claim')
      await store().uploads.release(claim, {
        ...{ status: 'done', reason: null, wait: null },
        trouble: { tries: 0, spent: 0 },
      })
      expect(await jobs(after(NOON, minutes(9)))).toEqual(nothing)
    })
  })
}
