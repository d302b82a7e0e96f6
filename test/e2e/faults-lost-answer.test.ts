import { describe, expect, test } from 'vitest'
import { fault, type Fault } from '../../src/sandbox/wazzup/fault.ts'
import { minutes, seconds } from '../../src/shared/clock.ts'
import { resultOf, type ConnectorOptions } from '../support/connector.ts'
import { onOneEngine } from '../support/on-one-engine.ts'
import { connectorUnderFaults } from './connector-under-faults.ts'
import { LONG } from '../support/long.ts'

/** A service that gives Wazzup up after so long, where that is what loses the answer. */
const waiting = (deadline: number) => ({
  overrides: { connectLimits: { deadline, maxAnswer: 64 * 1024 } },
})

const lost: [string, Fault, ConnectorOptions?][] = [
  ['silence', fault.processThen('hang'), waiting(seconds(1))],
  ['a reset', fault.processThen('reset')],
  ['a 500', fault.processThen('server-error')],
  ['a trickle', fault.processThen('trickle'), waiting(seconds(1))],
  ['a cut', fault.processThen('cut')],
]

for (const [what, losing, options] of lost) {
  describe('the answer is lost', () => {
    const { connector, settled, confirmWith } = connectorUnderFaults(options)
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
  })
}

const undone: [string, Fault, object, ConnectorOptions?][] = [
  ['a 503 in front of Wazzup', fault.unavailable(), onOneEngine],
  // Its third call has to be answered in time: three calls are expected.
  ['silence before anything was done', fault.drop('hang'), LONG, waiting(seconds(5))],
  ['a reset before anything was done', fault.drop('reset'), LONG],
]

for (const [what, losing, when, options] of undone) {
  describe('the answer is lost', () => {
    const { settled, confirmWith } = connectorUnderFaults(options)

    test(`${what} → connected by a later try`, when, async () => {
      const { browser, calls } = await confirmWith([losing, fault.rateLimited(1)])
      expect(await settled(browser)).toMatchObject({ status: 'connected' })
      expect(calls()).toHaveLength(3)
    })
  })
}

describe('the answer is lost', () => {
  const { connector, settled, confirmWith } = connectorUnderFaults()

  test('a new key for the same state is as good', async () => {
    const { browser, calls } = await confirmWith([fault.processThen('reset')], { stateReuse: 'new-key' })
    expect(await settled(browser)).toMatchObject({ status: 'connected' })
    const [alive] = connector.sandbox.wazzup.connections().filter(({ keyAlive }) => keyAlive)
    expect(await connector.keyOf(calls()[0]?.crmKey ?? '')).toMatchObject({ apiKey: alive?.apiKey })
  })

  test('no answer for fifteen minutes → start again', async () => {
    const { browser } = await confirmWith(Array.from({ length: 20 }, () => fault.unavailable(500)))
    await connector.moveTime(minutes(16))
    expect(await settled(browser)).toMatchObject({ status: 'failed', reason: 'restart_needed' })
  })
})
