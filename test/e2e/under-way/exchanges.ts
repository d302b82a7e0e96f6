import { expect, inject } from 'vitest'
import { fault } from '../../../src/sandbox/wazzup/fault.ts'
import { seconds } from '../../../src/shared/clock.ts'
import { pressConfirm, resultOf, walkToConfirm } from '../../support/connector.ts'
import { REFUSE_KEYS } from '../../support/refuse-keys.ts'
import { connectAnother, othersAreServed } from './others.ts'
import { soon, type UnderWay } from './work.ts'

export const EXCHANGES: UnderWay[] = [
  {
    work: 'an exchange that Wazzup is answering',
    async begin(connector) {
      const { wazzup } = connector.sandbox
      const { browser } = await walkToConfirm(connector)
      wazzup.faults.push(fault.slow(700))
      const called = wazzup.nextConnect()
      const pressed = pressConfirm(browser)
      await called
      return async () => {
        await pressed
        expect(await resultOf(browser)).toMatchObject({ status: 'connected' })
        expect(wazzup.connects()).toHaveLength(1)
      }
    },
  },
  {
    work: 'a lost answer',
    async begin(connector) {
      const { wazzup } = connector.sandbox
      wazzup.switches.stateReuse = 'same-key'
      const { browser } = await walkToConfirm(connector)
      wazzup.faults.push(fault.processThen('reset'), fault.unavailable())
      await pressConfirm(browser)
      return async () => {
        await soon(browser, { status: 'connected' })
        expect(wazzup.connects()).toHaveLength(3)
      }
    },
  },
  {
    work: 'a wait for a Wazzup that says «not now»',
    async begin(connector) {
      await connectAnother(connector)
      const { browser } = await walkToConfirm(connector)
      connector.sandbox.wazzup.faults.push(fault.rateLimited(60))
      await pressConfirm(browser)
      return async () => {
        await othersAreServed(connector)
        expect(await resultOf(browser)).toMatchObject({ status: 'pending', reason: 'wazzup_busy' })
        await connector.moveTime(seconds(60))
        await soon(browser, { status: 'connected' })
      }
    },
  },
  {
    work: 'an apiKey that the database cannot take yet',
    async begin(connector) {
      const [refuse, takeAgain] = REFUSE_KEYS[inject('engine')]
      const { browser } = await walkToConfirm(connector)
      await connector.order(refuse)
      await pressConfirm(browser)
      expect(connector.log.events('connect.record_waits')).toHaveLength(1)
      return async () => {
        await connector.order(takeAgain)
        await soon(browser, { status: 'connected' })
        expect(connector.sandbox.wazzup.connects()).toHaveLength(1)
      }
    },
  },
]
