import { describe, expect, test } from 'vitest'
import { after, hours, minutes } from '../../src/shared/clock.ts'
import { supportIdOf } from '../../src/shared/support-id.ts'
import type { Store } from '../../src/store/port.ts'
import { supportReport } from '../../src/support/report.ts'
import { AT_NOON, claimed, connected, identified, newAttempt, NOON } from '../support/attempts.ts'

/** What every store keeps for the support. */
export function describeSupport(store: () => Store, setTime: (to: Date) => Promise<void>) {
  const find = (attemptId: string) => store().support.find(supportIdOf(attemptId))
  const stepsOf = async (attemptId: string) =>
    (await find(attemptId))?.steps.map(({ step, code }) => (code === null ? step : `${step} ${code}`))

  describe('support', () => {
    test('finds an attempt from its first moment on, and nothing under another id', async () => {
      const attempt = newAttempt()
      await store().attempts.open(attempt)
      expect(await find(attempt.id)).toMatchObject({
        attempt: { status: 'arrived', createdAt: NOON, expiresAt: after(NOON, attempt.life) },
        ...{ exchange: null, steps: [], areStepsLeftOut: false },
      })
      expect(await find('another')).toBeNull()
    })

    test('says that an attempt is over when it is by the clock of the database, whatever that of the process says', async () => {
      const attempt = newAttempt()
      await store().attempts.open(attempt)
      const clock = () => after(NOON, hours(24))
      const report = () => supportReport(supportIdOf(attempt.id), { store: store(), plan: [], clock })
      expect(await report()).toMatchObject({ status: 'pending', steps: [{ at: NOON, step: 'opened' }] })
      const end = after(NOON, attempt.life)
      await setTime(end)
      expect(await report()).toMatchObject({
        status: 'expired',
        steps: [{ step: 'opened' }, { at: end, step: 'expired' }],
      })
    })

    test('keeps what happened, when and why, with the change itself; none of it is sealed or secret', async () => {
      const attempt = newAttempt()
      await store().attempts.open(attempt)
      await setTime(after(NOON, minutes(1)))
      const tells = { step: 'login_failed', code: 'token_expired' }
      await store().attempts.move(attempt.id, { from: ['arrived'], to: 'failed', tells })
      // It changes nothing, so there is nothing to tell.
      await store().attempts.move(attempt.id, { from: ['arrived'], to: 'failed', tells })
      const record = await find(attempt.id)
      expect(record?.steps).toEqual([{ at: after(NOON, minutes(1)), ...tells }])
      expect(JSON.stringify(record)).not.toContain(attempt.browserHash)
      expect(JSON.stringify(record)).not.toContain('sealed')
    })

    test('keeps the latest of very many steps', async () => {
      const attempt = await identified(store(), 'acme')
      for (let i = 0; i < 150; i++)
        await store().attempts.tell(attempt.id, { step: 'forbidden', code: `n${i}` })
      const record = await find(attempt.id)
      expect(record?.areStepsLeftOut).toBe(true)
      expect(record?.steps.length).toBeLessThan(100)
      expect(record?.steps.at(-1)).toMatchObject({ step: 'forbidden', code: 'n149' })
    })

    test('tells each sending of an exchange, and how it ended', async () => {
      const exchange = await claimed(store(), 'acme')
      await store().exchanges.postpone(exchange, { wait: 0, lost: true, code: 'ECONNRESET' })
      await setTime(after(NOON, minutes(2)))
      const again = await store().exchanges.claimDue({ runner: 'worker', lease: 1000 })
      if (!again) throw new Error('nothing was due')
      const refused = {
        reason: 'state_refused',
        code: 'BAD_STATE',
        grace: 0,
        retryIn: 0,
        ...AT_NOON,
      } as const
      await store().exchanges.fail(again, refused)
      expect((await stepsOf(exchange.attemptId))?.slice(-4)).toEqual([
        ...['sent', 'answer_lost ECONNRESET', 'sent_again', 'state_refused BAD_STATE'],
      ])
    })

    test('finds the exchange of an attempt that was erased', async () => {
      const { attemptId } = await connected(store(), 'acme', 'api-key-1')
      const later = after(NOON, hours(25))
      await setTime(later)
      await store().cleanUp(later, 100)
      expect(await find(attemptId)).toMatchObject({
        attempt: null,
        exchange: { crmAccountId: 'acme', status: 'connected', generation: 1, tries: 1 },
      })
      expect(await stepsOf(attemptId)).toEqual(['sent', 'connected'])
    })

    test('tells nothing of an exchange that another account has made of the same state', async () => {
      await claimed(store(), 'acme', 'one-state')
      const other = await identified(store(), 'nordwind', { state: 'one-state' })
      expect(await find(other.id)).toMatchObject({ exchange: null })
    })
  })
}
