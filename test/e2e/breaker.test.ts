import { expect, test } from 'vitest'
import { fault } from '../../src/sandbox/wazzup/fault.ts'
import { after, seconds } from '../../src/shared/clock.ts'
import { connectorFor, pressConfirm, resultOf, walkToConfirm } from '../support/connector.ts'

/** Stands still while it is told to: then the worker that settles lost answers finds nothing due. */
let frozen: Date | null = null
let ahead = 0
const clock = () => frozen ?? after(new Date(), ahead)
const connector = connectorFor('each', { overrides: { clock, monotonic: () => clock().getTime() } })

const readiness = async () => {
  const answer = await fetch(`${connector.internalUrl}/readyz`)
  const { parts } = (await answer.json()) as { parts: Record<string, { ok: boolean; detail: string }> }
  return { status: answer.status, parts }
}

const metrics = () => fetch(`${connector.internalUrl}/metrics`).then((answer) => answer.text())

test('a Wazzup that is down is asked no more; people are told when to try again, and then it connects', async () => {
  const { wazzup } = connector.sandbox
  const walks = []
  for (let i = 0; i < 6; i++) walks.push(await walkToConfirm(connector))
  const [last, ...first] = walks
  if (!last) throw new Error('nobody walked')
  frozen = new Date()
  wazzup.faults.push(...first.map(() => fault.unavailable()))
  for (const { browser } of first) expect((await pressConfirm(browser)).status).toBe(202)
  expect(await readiness()).toMatchObject({
    status: 200,
    parts: { wazzup: { ok: false }, store: { ok: true } },
  })

  expect(await metrics()).toContain('wauth_upstream_up{upstream="wazzup"} 0\n')

  const calls = wazzup.connects().length
  const { browser, state } = last
  const page = await pressConfirm(browser)
  expect(page.status).toBe(503)
  expect(Number(page.headers['retry-after'])).toBeGreaterThan(0)
  expect(await resultOf(browser)).toMatchObject({ status: 'failed', reason: 'wazzup_unavailable' })
  expect(wazzup.connects()).toHaveLength(calls)
  expect(await metrics()).toContain('wauth_wazzup_calls_held_back_total{reason="breaker_open"} 1\n')

  frozen = null
  ahead = seconds(61)
  await pressConfirm(browser)
  expect(await resultOf(browser)).toMatchObject({ status: 'connected' })
  expect(wazzup.connects().filter((call) => call.state === state)).toHaveLength(1)
  expect((await readiness()).parts['wazzup']).toEqual({ ok: true, detail: 'breaker closed' })
  expect(await metrics()).toContain('wauth_upstream_up{upstream="wazzup"} 1\n')
})
