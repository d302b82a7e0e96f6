import { expect, test } from 'vitest'
import type { Browser } from '../../src/sandbox/browser/create-browser.ts'
import { fault } from '../../src/sandbox/wazzup/fault.ts'
import { hours, minutes, seconds } from '../../src/shared/clock.ts'
import { connectorAtHand, pressConfirm, resultOf, walkToConfirm } from '../support/connector.ts'
import { walkAs } from '../support/many-customers.ts'
import { connectAccount, expectComplete, uploadEnd } from '../support/uploads.ts'

const MORE_THAN_ARE_SENT = 50

/** A service of many customers; `down` has five of them meet a Wazzup that is not there. */
async function manyAtHand() {
  const connector = await connectorAtHand({ login: 'handoff' })
  const { faults } = connector.sandbox.wazzup
  const ask = (path: string) => fetch(`${connector.internalUrl}${path}`)
  return {
    connector,
    readiness: async () => {
      const answer = await ask('/readyz')
      const { parts } = (await answer.json()) as { parts: Record<string, { ok: boolean; detail: string }> }
      return { status: answer.status, parts }
    },
    metrics: () => ask('/metrics').then((answer) => answer.text()),
    down: async () => {
      const walks: { browser: Browser }[] = []
      for (let i = 0; i < 5; i++) walks.push(await walkAs(connector, `customer-${i}`))
      faults.push(...Array.from({ length: MORE_THAN_ARE_SENT }, () => fault.unavailable()))
      for (const { browser } of walks) expect((await pressConfirm(browser)).status).toBe(202)
    },
    back: () => void faults.splice(0),
  }
}

test('a Wazzup that is down is asked no more; people are told that it is tried, and then it connects', async () => {
  const { connector, readiness, metrics, down, back } = await manyAtHand()
  const { browser, state } = await walkToConfirm(connector)
  const calls = () => connector.sandbox.wazzup.connects().filter((call) => call.state === state)
  await down()
  expect(await readiness()).toMatchObject({
    status: 200,
    parts: { wazzup: { ok: false }, store: { ok: true } },
  })
  expect(await metrics()).toContain('wauth_upstream_up{upstream="wazzup"} 0\n')

  const page = await pressConfirm(browser)
  expect(page.status).toBe(202)
  expect(Number(page.headers['retry-after'])).toBeGreaterThan(0)
  expect(await resultOf(browser)).toMatchObject({ status: 'pending', reason: 'wazzup_busy' })
  expect(calls()).toHaveLength(0)
  expect(await metrics()).toMatch(/wauth_wazzup_calls_held_back_total\{reason="breaker_open"\} [1-9]/)

  back()
  await connector.moveTime(seconds(61))
  await expect.poll(() => resultOf(browser)).toMatchObject({ status: 'connected' })
  expect(calls()).toHaveLength(1)
  expect((await readiness()).parts['wazzup']).toEqual({ ok: true, detail: 'breaker closed' })
  expect(await metrics()).toContain('wauth_upstream_up{upstream="wazzup"} 1\n')
})

test.each([500, 503])(
  'one customer whose states are all answered %i keeps no other one out',
  async (status) => {
    const { connector, readiness } = await manyAtHand()
    const walks = []
    for (let i = 0; i < 7; i++) walks.push(await walkAs(connector, 'stranger'))
    for (const { browser } of walks) {
      connector.sandbox.wazzup.faults.push(fault.unavailable(status))
      await pressConfirm(browser)
      connector.sandbox.wazzup.faults.splice(0)
    }
    expect((await readiness()).parts['wazzup']).toMatchObject({ ok: true })
    const { browser } = await walkToConfirm(connector)
    await pressConfirm(browser)
    expect(await resultOf(browser)).toMatchObject({ status: 'connected' })
  },
)

test('while nobody can connect, uploads go on', async () => {
  const { connector, down, readiness } = await manyAtHand()
  const { wazzup, crm } = connector.sandbox
  wazzup.faultsOn('POST', '/v3/users').push(fault.slow(3000))
  await connectAccount(connector)
  await down()
  expect((await readiness()).parts['wazzup']).toMatchObject({ ok: false })
  expect(await uploadEnd(connector)).toMatchObject({ status: 'done' })
  await expectComplete(crm, wazzup.account())
})

test.each([-hours(1), -minutes(20), minutes(20), hours(1)])(
  'a clock that is set by %i ms neither lengthens nor ends its pause',
  async (ms) => {
    const { connector, readiness, down } = await manyAtHand()
    const detail = async () => (await readiness()).parts['wazzup']?.detail ?? ''
    await down()
    connector.setClock(ms)
    const left = Number(/open for (\d+) s/.exec(await detail())?.[1])
    expect(left).toBeGreaterThan(0)
    expect(left).toBeLessThanOrEqual(10)
    await connector.moveTime(seconds(11))
    expect(await detail()).toContain('half open')
  },
)
