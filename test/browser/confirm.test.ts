import type { Page as Tab } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import {
  confirmAtHand,
  expectUntouched,
  NOTE,
  pressInTree,
  tellFocus,
  TOO_EARLY,
  type ConfirmAtHand as AtHand,
  type ConfirmOptions,
} from './confirm-at-hand.ts'
import { browserAndConnector } from './browser-and-connector.ts'
import { expectTitle } from './expect-title.ts'
import { PHONE } from './open-tab.ts'
import { untilPressesCount } from './press-connect.ts'
import { eachOfFirst } from '../support/long.ts'

const served = browserAndConnector()

const onConfirmPage = (options?: ConfirmOptions) => confirmAtHand(served, options)

describe('after a quiet second the button works', () => {
  eachOfFirst(4)<[string, ConfirmOptions, (at: AtHand) => Promise<void>]>([
    ['by mouse', {}, ({ button }) => button.click()],
    ['by touch', { viewport: PHONE, hasTouch: true, isMobile: true }, ({ button }) => button.tap()],
    // The first Tab leads to the way out of a wrong identity.
    ['by Tab and Enter', {}, ({ tab }) => press(tab, 'Tab', 'Tab', 'Enter')],
    ['in the accessibility tree', {}, ({ tab }) => pressInTree(tab, 'Connect')],
    ['by Tab and Space', {}, ({ tab }) => press(tab, 'Tab', 'Tab', 'Space')],
  ])('%s', async (_how, options, pressIt) => {
    const at = await onConfirmPage(options)
    await untilPressesCount(at.tab)
    await pressIt(at)
    await expectTitle(at.tab, 'Connected')
    expect(at.connects()).toBe(1)
    expect(at.complaints).toEqual([])
  })
})

test('a second that ends while the page looks at the clock has ended', async () => {
  const at = await onConfirmPage({ unevenClock: true })
  await untilPressesCount(at.tab)
  const cursor = await at.tab.evaluate<string>(
    "getComputedStyle(document.querySelector('#consent button')).cursor",
  )
  expect(cursor).toBe('pointer')
})

const press = async (tab: Tab, ...keys: string[]) => {
  for (const key of keys) await tab.keyboard.press(key)
}

describe('a press before that', () => {
  test('is answered with what to do, and starts the second again', async () => {
    const at = await onConfirmPage({ stopTime: true, focus: 'windows' })
    await tellFocus(at.tab, true)
    await at.after(900)
    expect(await at.note()).toBe('')
    await at.button.click()
    await at.after(NOTE)
    expect(await at.note()).toBe(TOO_EARLY)
    expect(await at.tab.locator('#press-note').getAttribute('role')).toBe('status')
    await at.after(700)
    await at.button.click()
    // The same words go and come back, so that a screen reader says them again.
    expect(await at.note()).toBe('')
    await at.after(NOTE)
    expect(await at.note()).toBe(TOO_EARLY)
    await expectUntouched(at)
  })

  eachOfFirst(2)<[string, (at: AtHand) => Promise<void>]>([
    ['Enter', ({ tab }) => press(tab, 'Tab', 'Tab', 'Enter')],
    [
      'a script of an extension',
      ({ tab }) => tab.evaluate("document.getElementById('consent').requestSubmit()"),
    ],
    ['Space', ({ tab }) => press(tab, 'Tab', 'Tab', 'Space')],
    ['the accessibility tree', ({ tab }) => pressInTree(tab, 'Connect')],
  ])('by %s does not count either', async (_how, pressIt) => {
    const at = await onConfirmPage({ stopTime: true, focus: 'windows' })
    await tellFocus(at.tab, true)
    await at.after(900)
    await pressIt(at)
    await at.after(NOTE)
    expect(await at.note()).toBe(TOO_EARLY)
    await expectUntouched(at)
  })

  test('leaves the button what it was: never disabled, of the same name', async () => {
    const { tab, button, after } = await onConfirmPage({ stopTime: true, focus: 'windows' })
    const seen = new Set<string>()
    const look = async () =>
      seen.add(await tab.evaluate<string>("document.querySelector('#consent button').outerHTML"))
    await tellFocus(tab, true)
    await look()
    await button.click()
    await after(NOTE)
    await look()
    await after(1000)
    await look()
    expect([...seen]).toEqual(['<button class="button button-main">Connect</button>'])
  })
})

eachOfFirst(2)<[string, (tab: Tab) => Promise<unknown>]>([
  [
    'another window has had the focus',
    async (tab) => {
      await tellFocus(tab, false)
      await tellFocus(tab, true)
    },
  ],
  ['it was hidden', (tab) => tab.evaluate("document.dispatchEvent(new Event('visibilitychange'))")],
  [
    'it came back as it was left',
    (tab) => tab.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"),
  ],
  ['something beside the button was clicked', (tab) => tab.mouse.click(5, 5)],
])('the second starts again when %s', async (_what, happens) => {
  const at = await onConfirmPage({ stopTime: true, focus: 'windows' })
  await tellFocus(at.tab, true)
  await at.after(5000)
  await happens(at.tab)
  await at.after(900)
  await at.button.click()
  await at.after(NOTE)
  expect(await at.note()).toBe(TOO_EARLY)
  await expectUntouched(at)
})

test('a page that lies in the background takes no press, however long it lies there', async () => {
  const at = await onConfirmPage({ stopTime: true, focus: 'windows' })
  await at.tab.evaluate(`{
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => 'hidden' })
    document.dispatchEvent(new Event('visibilitychange'))
  }`)
  for (let presses = 0; presses < 3; presses++) {
    await at.after(5000)
    await pressInTree(at.tab, 'Connect')
  }
  await at.tab.evaluate(`{
    delete document.visibilityState
    document.dispatchEvent(new Event('visibilitychange'))
  }`)
  await expectUntouched(at)
})
