// @module-tag long
import { describe, expect, test } from 'vitest'
import { fault } from '../../src/sandbox/wazzup/fault.ts'
import { LEASE } from '../../src/connect/lease.ts'
import { pressConfirm, resultOf, walkToConfirm } from '../support/connector.ts'
import { isHere, RELEASE_BEFORE } from '../support/release-before/modules.ts'
import { replicasAtHand } from '../support/replicas.ts'

// What `test/e2e/release-before.test.ts` shows of days without trouble.
describe.skipIf(!isHere)(`beside ${RELEASE_BEFORE}`, () => {
  test.each(['the release before', 'this one'] as const)(
    'an answer that %s has lost is settled by the other',
    async (whose) => {
      const at = await replicasAtHand(1, { beside: 'the release before' })
      const [before, now] = at.replicas
      if (!before || !now) throw new Error('two replicas should have started')
      const [sender, other] = whose === 'the release before' ? [before, now] : [now, before]
      at.takeOut(other)
      const { wazzup } = at.sandbox
      wazzup.switches.stateReuse = 'same-key'
      wazzup.faults.push(fault.processThen('hang'))
      const { browser, state } = await walkToConfirm(at)
      const address = browser.page.url
      const pressed = pressConfirm(browser).catch(() => undefined)
      await expect
        .poll(() => wazzup.requests.some((one) => one.answer?.fault === 'process then hang'))
        .toBe(true)
      at.takeOut(sender)
      await sender.stop('SIGKILL')
      await pressed
      at.putIn(other)
      await at.database.query(`UPDATE exchanges SET due_at = due_at - ${LEASE}`)
      await browser.get(address)
      await expect.poll(() => resultOf(browser), { timeout: 60_000 }).toMatchObject({ status: 'connected' })
      const sent = wazzup.connects().filter((call) => call.state === state)
      expect(sent).toHaveLength(2)
      expect(new Set(sent.map(({ bytes }) => bytes)).size).toBe(1)
    },
  )
})
