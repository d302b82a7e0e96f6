import axe from 'axe-core'
import type { Page as Tab } from 'playwright-core'
import { expect, test } from 'vitest'
import { createBrowser } from '../../src/sandbox/browser/create-browser.ts'
import { pressConfirm, walkToConfirm } from '../support/connector.ts'
import { browserAndConnector } from './browser-and-connector.ts'
import { heldAnswersFor } from '../support/held-answers.ts'
import { confirmAtHand, type ConfirmOptions } from './confirm-at-hand.ts'
import { expectTitle } from './expect-title.ts'
import { pressConnect, untilPressesCount } from './press-connect.ts'
import { describeFirst, LONG } from '../support/long.ts'

const way = heldAnswersFor('all')
const served = browserAndConnector(async () => way.options)

const BUSY = 'Another connection of this account is being made right now'

let account = 70_000_000

/** A colleague presses in another browser; there once Wazzup has got the call, which is answered at the end. */
async function colleagueIsConnecting() {
  const { wazzup } = served.connector.sandbox
  const accountId = String(++account)
  const state = await wazzup.mintState({ accountId })
  const { browser } = await walkToConfirm(served.connector, { browser: createBrowser(), state })
  const { letGo } = way.hold()
  const called = wazzup.nextConnect()
  const ended = pressConfirm(browser)
  await called
  const end = () => {
    letGo()
    return ended
  }
  return { accountId, end }
}

const shows = (tab: Tab, text: string) => tab.getByText(text).isVisible()

describeFirst(1)<[string, ConfirmOptions]>([
  ['with scripts', {}],
  ['without scripts', { javaScriptEnabled: false }],
])('a page that was pressed while a colleague connects, %s,', (_how, options) => {
  test('says so, loads itself anew when that is over, and then a press connects', async () => {
    const { tab, connects, complaints } = await confirmAtHand(served, options)
    const colleague = await colleagueIsConnecting()
    await pressConnect(tab)
    await tab.getByText(BUSY).waitFor()
    expect(await shows(tab, colleague.accountId)).toBe(false)
    await colleague.end()
    await tab.getByText(colleague.accountId).waitFor({ timeout: 120_000 })
    expect(await shows(tab, BUSY)).toBe(false)
    expect(connects()).toBe(1)
    await pressConnect(tab)
    await expectTitle(tab, 'Connected')
    expect(connects()).toBe(2)
    expect(complaints).toEqual([])
  })
})

test('while the colleague is at it the page stays as it is: what was scrolled to, and when a press counts', async () => {
  const { tab } = await confirmAtHand(served)
  const colleague = await colleagueIsConnecting()
  await pressConnect(tab)
  await tab.getByText(BUSY).waitFor()
  await untilPressesCount(tab)
  await tab.evaluate('window.sameDocument = true')
  const looks = { count: 0 }
  tab.on('response', (response) => {
    if (response.request().resourceType() === 'fetch') looks.count += 1
  })
  await expect.poll(() => looks.count).toBeGreaterThan(0)
  expect(await tab.evaluate('window.sameDocument')).toBe(true)
  expect(await tab.locator('form[data-press=counts]').count()).toBe(1)
  await colleague.end()
  await tab.getByText(colleague.accountId).waitFor({ timeout: 120_000 })
  expect(await tab.evaluate('window.sameDocument ?? false')).toBe(false)
})

test('a press that is on its way is not ended by a reload', async () => {
  const { tab, connects } = await confirmAtHand(served)
  const colleague = await colleagueIsConnecting()
  await tab.reload()
  await tab.getByText(BUSY).waitFor()
  await untilPressesCount(tab)
  // The answer to the press takes its time on the way back, while the page finds that the colleague is done.
  await tab.route('**/confirm', async (route) => {
    if (route.request().method() !== 'POST') return route.continue()
    await colleague.end()
    await new Promise((resolve) => tab.once('requestfinished', resolve))
    return route.continue()
  })
  await pressConnect(tab)
  await tab.getByText(colleague.accountId).waitFor({ timeout: 60_000 })
  // Only the answer to the press says this: the page itself would merely have come again.
  expect(await shows(tab, 'at the same moment, so nothing was sent')).toBe(true)
  expect(connects()).toBe(1)
})

test('the service may be out of reach meanwhile: the page stays, and goes on looking', LONG, async () => {
  const { tab } = await confirmAtHand(served)
  const colleague = await colleagueIsConnecting()
  await tab.reload()
  await tab.getByText(BUSY).waitFor()
  await tab.context().setOffline(true)
  await colleague.end()
  await tab.waitForEvent('requestfailed')
  expect(await shows(tab, BUSY)).toBe(true)
  await tab.context().setOffline(false)
  await tab.getByText(colleague.accountId).waitFor({ timeout: 120_000 })
  await expectTitle(tab, 'Connect this account to Wazzup?')
})

test('the line is in a live region, and axe finds nothing', async () => {
  // The policy of the pages would keep axe out.
  const { tab } = await confirmAtHand(served, { bypassCSP: true, reducedMotion: 'reduce' })
  const colleague = await colleagueIsConnecting()
  await tab.reload()
  expect(await tab.getByRole('status').first().textContent()).toContain(BUSY)
  await tab.evaluate(axe.source)
  expect((await tab.evaluate<axe.AxeResults>('axe.run()')).violations).toEqual([])
  await colleague.end()
})
