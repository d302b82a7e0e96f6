import { afterEach, beforeEach, expect, test } from 'vitest'
import { fault } from '../../src/sandbox/wazzup/fault.ts'
import { seconds } from '../../src/shared/clock.ts'
import {
  pressConfirm,
  resultOf,
  startConnector,
  walkToConfirm,
  type TestConnector,
} from '../support/connector.ts'

let connector: TestConnector
beforeEach(async () => {
  connector = await startConnector()
})
afterEach(() => connector.stop())

const readiness = async () => {
  const answer = await fetch(`${connector.internalUrl}/readyz`)
  const { parts } = (await answer.json()) as { parts: Record<string, { ok: boolean; detail: string }> }
  return { status: answer.status, parts }
}

test('a Wazzup that is down is asked no more; people are told when to try again, and then it connects', async () => {
  const { wazzup } = connector.sandbox
  // Five exchanges whose answers are lost; they are settled once Wazzup is back.
  wazzup.faults.push(...Array.from({ length: 5 }, () => fault.unavailable()))
  for (let i = 0; i < 5; i++) {
    const { browser } = await walkToConfirm(connector)
    expect((await pressConfirm(browser)).status).toBe(202)
  }
  expect(await readiness()).toMatchObject({
    status: 200,
    parts: { wazzup: { ok: false }, store: { ok: true } },
  })

  const calls = wazzup.connects().length
  const { browser, state } = await walkToConfirm(connector)
  const page = await pressConfirm(browser)
  expect(page.status).toBe(503)
  expect(Number(page.headers['retry-after'])).toBeGreaterThan(0)
  expect(await resultOf(browser)).toMatchObject({ status: 'failed', reason: 'wazzup_unavailable' })
  expect(wazzup.connects()).toHaveLength(calls)

  connector.moveTime(seconds(61))
  await pressConfirm(browser)
  expect(await resultOf(browser)).toMatchObject({ status: 'connected' })
  expect(wazzup.connects().filter((call) => call.state === state)).toHaveLength(1)
  expect((await readiness()).parts['wazzup']).toEqual({ ok: true, detail: 'breaker closed' })
})
