import { describe, expect, test } from 'vitest'
import { fault, type Fault } from '../../src/sandbox/wazzup/fault.ts'
import { minutes } from '../../src/shared/clock.ts'
import { resultOf } from '../support/connector.ts'
import { onOneEngine } from '../support/on-one-engine.ts'
import { connectorUnderFaults } from './connector-under-faults.ts'
import { eachOfFirst, LONG } from '../support/long.ts'

const { connector, settled, confirmWith } = connectorUnderFaults()

describe('the answer is lost', () => {
  const lost: [string, Fault][] = [
    ['silence', fault.processThen('hang')],
    ['a reset', fault.processThen('reset')],
    ['a 500', fault.processThen('server-error')],
    ['a trickle', fault.processThen('trickle')],
    ['a cut', fault.processThen('cut')],
  ]

  for (const [what, losing] of lost) {
    const oneWay = what === 'a reset' ? {} : LONG
    const eachWay = what === 'a reset' || what === 'silence' ? onOneEngine : LONG

    test(`${what}: pending, never failed; then Wazzup repeats its answer → connected`, eachWay, async () => {
      const { browser, page, calls } = await confirmWith([losing], { stateReuse: 'same-key' })
      expect(page.status).toBe(202)
      expect(await resultOf(browser)).toMatchObject({ status: 'pending', reason: 'outcome_unknown' })
      expect(await connector.keyOf(calls()[0]?.crmKey ?? '')).toMatchObject({
        keyStatus: 'pending',
        apiKey: null,
      })
      expect(await settled(browser)).toMatchObject({ status: 'connected' })
      expect(await connector.keyOf(calls()[0]?.crmKey ?? '')).toMatchObject({
        apiKey: connector.sandbox.wazzup.connections()[0]?.apiKey,
      })
    })

    test(`${what}, and Wazzup takes a state once → start again`, oneWay, async () => {
      const { browser, calls } = await confirmWith([losing], { stateReuse: 'refused' })
      expect(await settled(browser)).toMatchObject({
        httpStatus: 410,
        status: 'failed',
        reason: 'restart_needed',
      })
      // Wazzup knows this crmKey and may send webhooks with it.
      expect(await connector.keyOf(calls()[0]?.crmKey ?? '')).toMatchObject({ keyStatus: 'pending' })
    })
  }

  test('a new key for the same state is as good', async () => {
    const { browser, calls } = await confirmWith([fault.processThen('reset')], { stateReuse: 'new-key' })
    expect(await settled(browser)).toMatchObject({ status: 'connected' })
    const [alive] = connector.sandbox.wazzup.connections().filter(({ keyAlive }) => keyAlive)
    expect(await connector.keyOf(calls()[0]?.crmKey ?? '')).toMatchObject({ apiKey: alive?.apiKey })
  })

  eachOfFirst(1)<[string, Fault]>([
    ['a 503 in front of Wazzup', fault.unavailable()],
    ['silence before anything was done', fault.drop('hang')],
    ['a reset before anything was done', fault.drop('reset')],
  ])('%s → connected by a later try', onOneEngine, async (_what, losing) => {
    const { browser, calls } = await confirmWith([losing, fault.rateLimited(1)])
    expect(await settled(browser)).toMatchObject({ status: 'connected' })
    expect(calls()).toHaveLength(3)
  })

  test('no answer for fifteen minutes → start again', async () => {
    const { browser } = await confirmWith(Array.from({ length: 20 }, () => fault.unavailable(500)))
    await connector.moveTime(minutes(16))
    expect(await settled(browser)).toMatchObject({ status: 'failed', reason: 'restart_needed' })
  })
})
