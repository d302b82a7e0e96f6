import { describe, expect, test } from 'vitest'
import { browserAndConnector } from './browser-and-connector.ts'
import {
  aimAtConnect,
  confirmAtHand,
  expectUntouched,
  NOTE,
  tellFocus,
  TOO_EARLY,
} from './confirm-at-hand.ts'
import { expectTitle } from './expect-title.ts'
import { eachOfFirst } from '../support/long.ts'

const served = browserAndConnector()

/** So high that nothing moves under a mouse that stays where it is. */
const viewport = { width: 1280, height: 1400 }

const HOSTILE = 'http://hostile.test'
const BAIT = '<button onclick="window.open(\'/popup\')">Win a prize</button>'
/** Sends its opener to the confirm page, lies over it, and is gone as soon as the mouse goes down. */
const popup = (link: string) => `<h1>Double-click here!</h1>
<script>
  opener.location = ${JSON.stringify(link)}
  addEventListener('mousedown', () => close())
</script>`

/** Somebody who is logged in at the CRM meets the hostile pages; resolves to the confirm page behind the popup. */
async function behindPopup() {
  const at = await confirmAtHand(served, { viewport, focus: 'windows', stopTime: true })
  const context = at.tab.context()
  const state = await served.connector.sandbox.wazzup.mintState({ accountId: '66660666' })
  const link = `${served.connector.url}/wauth?state=${encodeURIComponent(state)}`
  await context.route(`${HOSTILE}/**`, (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: route.request().url().endsWith('/popup') ? popup(link) : BAIT,
    }),
  )
  await at.tab.goto(`${HOSTILE}/bait`)
  const [over] = await Promise.all([
    context.waitForEvent('page'),
    at.tab.getByRole('button', { name: 'Win a prize' }).click(),
  ])
  await expectTitle(at.tab, 'Connect this account to Wazzup?')
  expect(await at.tab.getByText('66660666').first().isVisible()).toBe(true)
  return { ...at, over }
}

describe('a popup lies over the confirm page, asks for clicks and closes itself at the first', () => {
  eachOfFirst(2)([
    [3, 73],
    [30, 950],
    [2, 73],
    [30, 73],
    [3, 200],
    [30, 500],
  ])('%i clicks, %i ms apart, connect nobody; the person still can', async (clicks, pace) => {
    const { over, ...at } = await behindPopup()
    await tellFocus(at.tab, false)
    const { x, y } = await aimAtConnect(at.tab)
    // Time enough for anything that only waits for the page to have been there.
    await at.after(60_000)
    await over.mouse.move(x, y)
    // It closes while it is being pressed.
    await Promise.all([over.waitForEvent('close'), over.mouse.down().catch(() => undefined)])
    await tellFocus(at.tab, true)
    for (let click = 2; click <= clicks; click++) {
      await at.after(pace)
      await at.tab.mouse.click(x, y)
    }
    await at.after(NOTE)
    expect(await at.note()).toBe(TOO_EARLY)
    await expectUntouched(at)
  })
})

test('clicks that come before the focus, once the popup is gone, connect nobody', async () => {
  const { over, ...at } = await behindPopup()
  await tellFocus(at.tab, false)
  const { x, y } = await aimAtConnect(at.tab)
  await at.after(60_000)
  await over.mouse.move(x, y)
  await Promise.all([over.waitForEvent('close'), over.mouse.down().catch(() => undefined)])
  for (let click = 0; click < 3; click++) {
    await at.tab.mouse.click(x, y)
    await at.after(73)
  }
  await tellFocus(at.tab, true)
  await at.after(900)
  await at.tab.mouse.click(x, y)
  await at.after(NOTE)
  expect(await at.note()).toBe(TOO_EARLY)
  await expectUntouched(at)
})

test('a popup that has sent its opener to the confirm page cannot call it away again', async () => {
  const { over, tab } = await behindPopup()
  expect(await over.evaluate<boolean>('opener === null || opener.closed')).toBe(true)
  await over.evaluate(`opener && (opener.location = '${HOSTILE}/bait')`)
  // The next question to the page would be answered by the other one.
  await expectTitle(tab, 'Connect this account to Wazzup?')
  expect(new URL(tab.url()).origin).toBe(served.connector.url)
})

describe('where focus is never told', () => {
  const neverTold = () => confirmAtHand(served, { viewport, focus: 'never', stopTime: true })

  test('the first press is answered with what to do, and one a quiet second later connects', async () => {
    const at = await neverTold()
    await at.after(5000)
    await at.button.click()
    await at.after(NOTE)
    expect(await at.note()).toBe(TOO_EARLY)
    await expectUntouched(at)
  })

  test('until it is there after all, without a word: then the second starts by itself', async () => {
    const at = await neverTold()
    await at.tab.evaluate('document.hasFocus = () => true')
    // The page looks four times a second.
    await at.after(250)
    await expectUntouched(at)
  })

  eachOfFirst(2)([
    [3, 73],
    [30, 950],
    [2, 73],
    [30, 73],
    [30, 200],
    [30, 500],
  ])('%i clicks, %i ms apart, connect nobody; the person still can', async (clicks, pace) => {
    const at = await neverTold()
    await at.after(5000)
    const { x, y } = await aimAtConnect(at.tab)
    for (let click = 1; click <= clicks; click++) {
      await at.tab.mouse.click(x, y)
      await at.after(pace)
    }
    await expectUntouched(at)
  })
})
