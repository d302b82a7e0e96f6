import type { BrowserContextOptions, CDPSession, Page as Tab } from 'playwright-core'
import { expect } from 'vitest'
import type { Served } from './browser-and-connector.ts'
import { expectTitle } from './expect-title.ts'
import { walkToConfirmPage } from './install-walk.ts'
import { openTab } from './open-tab.ts'

/**
 * The system's part, which a browser without a screen does not play: it tells a page that it has lost the focus to
 * another window, or has it again.
 */
const WINDOWS = `{
  let focused = true
  document.hasFocus = () => focused
  window.tellFocus = (now) => {
    focused = now
    dispatchEvent(new Event(now ? 'focus' : 'blur'))
  }
}`

export const tellFocus = (tab: Tab, now: boolean) => tab.evaluate(`tellFocus(${String(now)})`)

/** A page that is never told that it has the focus, as in some split views. */
const NEVER_TOLD = 'document.hasFocus = () => false'

/**
 * A clock that moves a little at each reading, and timers that end just before their time, as whole milliseconds do:
 * of two readings in a row the first is before the moment that was waited for, the second after it.
 */
const UNEVEN_CLOCK = `{
  let now = 0
  const later = setTimeout
  performance.now = () => (now += 0.3)
  window.setTimeout = (call, ms) => later(() => {
    now += Math.max(0, ms - 0.5)
    call()
  })
}`

export interface ConfirmOptions extends BrowserContextOptions {
  /** Who tells the page of focus; by default the browser itself, where every page has it. */
  focus?: 'windows' | 'never'
  /** Time stands still from the confirm page on, until the test moves it. */
  stopTime?: boolean
  /** The clock moves between two readings of it. */
  unevenClock?: boolean
}

export const TOO_EARLY = 'That press came too early to count. Wait a second, then press “Connect” again.'

/** Milliseconds after which the note is there, which a second early press blinks. */
export const NOTE = 200

export type ConfirmAtHand = Awaited<ReturnType<typeof confirmAtHand>>

/** Each walk in a Wazzup account of its own, which is not connected yet. */
let account = 0

/** A tab on the confirm page, and what of it reaches Wazzup. */
export async function confirmAtHand(
  { browser, connector: { sandbox } }: Served,
  options: ConfirmOptions = {},
) {
  const { focus, stopTime = false, unevenClock = false, ...context } = options
  const { tab, complaints } = await openTab(browser, context)
  if (focus) await tab.addInitScript(focus === 'windows' ? WINDOWS : NEVER_TOLD)
  if (stopTime) await tab.clock.install()
  if (unevenClock) await tab.addInitScript(UNEVEN_CLOCK)
  account += 1
  await walkToConfirmPage(tab, `${sandbox.wazzup.marketplaceUrl}?accountId=${account}`)
  if (stopTime) await tab.clock.pauseAt(Date.now() + 60_000)
  const before = sandbox.wazzup.connects().length
  const button = tab.getByRole('button', { name: 'Connect', exact: true })
  return {
    tab,
    complaints,
    button,
    connects: () => sandbox.wazzup.connects().length - before,
    note: () => tab.locator('#press-note').textContent(),
    /** Moves the time of the page. */
    after: (ms: number) => tab.clock.runFor(ms),
  }
}

/** Moves the mouse to where the button stands. */
export async function aimAtConnect(tab: Tab) {
  const button = tab.getByRole('button', { name: 'Connect', exact: true })
  await button.scrollIntoViewIfNeeded()
  const box = await button.boundingBox()
  if (!box) throw new Error('no button to be seen')
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  await tab.mouse.move(x, y)
  return { x, y }
}

/** Presses the button as assistive technology does: by its name in the accessibility tree, without mouse or key. */
export async function pressInTree(tab: Tab, name: string) {
  const cdp: CDPSession = await tab.context().newCDPSession(tab)
  const { nodes } = await cdp.send('Accessibility.getFullAXTree')
  const button = nodes.find((node) => node.role?.value === 'button' && node.name?.value === name)
  const { object } = await cdp.send('DOM.resolveNode', { backendNodeId: button?.backendDOMNodeId ?? 0 })
  await cdp.send('Runtime.callFunctionOn', {
    objectId: object.objectId ?? '',
    functionDeclaration: 'function () { this.click() }',
  })
}

/** No press so far has counted, and one after a quiet second does. */
export async function expectUntouched({ tab, button, connects, after }: ConfirmAtHand) {
  await expectTitle(tab, 'Connect this account to Wazzup?')
  expect(connects()).toBe(0)
  await after(1000)
  await button.click()
  await expectTitle(tab, 'Connected')
  expect(connects()).toBe(1)
}
