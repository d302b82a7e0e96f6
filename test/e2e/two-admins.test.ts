import { describe, expect, test } from 'vitest'
import type { Browser } from '../../src/sandbox/browser/create-browser.ts'
import { fault } from '../../src/sandbox/wazzup/fault.ts'
import { seconds } from '../../src/shared/clock.ts'
import { connectorFor, pressConfirm, resultOf, walkToConfirm } from '../support/connector.ts'
import { onOneEngine } from '../support/on-one-engine.ts'
import { LONG } from '../support/long.ts'

const BUSY = 'Another connection of this account is being made right now'
const CHANGED = 'was being connected or disconnected elsewhere at the same moment'

const connector = connectorFor('all')

const callsOf = (state: string) => connector.sandbox.wazzup.connects().filter((call) => call.state === state)

const walk = async (accountId: string) =>
  walkToConfirm(connector, { state: await connector.sandbox.wazzup.mintState({ accountId }) })

/** Presses for the first admin, whose call then takes some seconds; there once Wazzup has got it. */
async function firstIsConnecting(accountId: string, { takes = seconds(5) } = {}) {
  const { wazzup } = connector.sandbox
  const { browser } = await walk(accountId)
  wazzup.faults.push(fault.slow(takes))
  const called = wazzup.nextConnect()
  let isOver = false
  const ended = pressConfirm(browser).finally(() => {
    isOver = true
  })
  await called
  return { browser, ended, isOver: () => isOver }
}

/** Whether a browser without scripts would load the page again by itself. */
const reloadsItself = ({ page }: Browser) => page.html.includes('http-equiv="refresh"')

const reload = (browser: Browser) => browser.get(browser.page.url)

describe('the second of two admins, who presses while the call of the first takes long,', () => {
  test('is answered at once, sees why, and is asked anew when the first has ended', async () => {
    const second = await walk('55550002')
    const first = await firstIsConnecting('55550001')
    const began = performance.now()
    const page = await pressConfirm(second.browser)
    expect(performance.now() - began).toBeLessThan(seconds(3))
    expect(first.isOver()).toBe(false)
    expect(page.text).toContain(BUSY)
    expect(reloadsItself(second.browser)).toBe(true)
    expect(page.text).not.toContain('55550001')
    expect((await reload(second.browser)).text).toContain(BUSY)

    await first.ended
    const anew = await reload(second.browser)
    expect(anew.text).not.toContain(BUSY)
    expect(anew.text).toContain(CHANGED)
    expect(anew.text).toContain('55550001')
    expect(reloadsItself(second.browser)).toBe(false)
    expect(callsOf(second.state)).toEqual([])

    await pressConfirm(second.browser)
    expect(await resultOf(second.browser)).toMatchObject({ status: 'connected' })
    expect(callsOf(second.state)).toHaveLength(1)
    expect(await resultOf(first.browser)).toMatchObject({ status: 'connected' })
  })

  test('may press again and again, and spends nothing by it', onOneEngine, async () => {
    const second = await walk('55550004')
    const first = await firstIsConnecting('55550003')
    for (let press = 0; press < 3; press++) {
      await pressConfirm(second.browser)
      expect(second.browser.page.text).toContain(BUSY)
    }
    await first.ended
    // The page in hand is of before: it would replace another connection than the one that it shows.
    expect((await pressConfirm(second.browser)).text).toContain(CHANGED)
    expect(second.browser.page.text).toContain('55550003')
    expect(callsOf(second.state)).toEqual([])
    await pressConfirm(second.browser)
    expect(await resultOf(second.browser)).toMatchObject({ status: 'connected' })
  })
})

test(
  'somebody who only opens the page meanwhile sees the line, and it goes when that is over',
  LONG,
  async () => {
    const first = await firstIsConnecting('55550005')
    const { browser } = await walk('55550006')
    expect(browser.page.text).toContain(BUSY)
    expect(reloadsItself(browser)).toBe(true)
    await first.ended
    const { text } = await reload(browser)
    expect(text).toContain('55550005')
    expect(text).not.toContain('nothing was sent')
    expect(reloadsItself(browser)).toBe(false)
  },
)

test(
  'the state of the first, in another browser, leads to its result and not back to the page',
  onOneEngine,
  async () => {
    const { wazzup } = connector.sandbox
    const state = await wazzup.mintState({ accountId: '55550007' })
    const [one, two] = [await walkToConfirm(connector, { state }), await walkToConfirm(connector, { state })]
    wazzup.faults.push(fault.slow(seconds(3)))
    const called = wazzup.nextConnect()
    const ended = pressConfirm(one.browser)
    await called
    await pressConfirm(two.browser)
    expect(await resultOf(two.browser)).toMatchObject({ status: 'pending' })
    await ended
    expect(await resultOf(two.browser)).toMatchObject({ status: 'connected' })
    expect(callsOf(state)).toHaveLength(1)
  },
)
