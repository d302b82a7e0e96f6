import { expect } from 'vitest'
import type { Point, Tab } from '../../support/engines/tab.ts'

const OFTEN = { interval: 50 }

/** Waits until the page with this title is shown and complete. */
export const expectTitle = (tab: Tab, title: string): Promise<void> =>
  expect
    .poll(
      () =>
        tab.evaluate(
          "document.readyState === 'complete' && document.querySelector('h1')?.textContent.trim()",
        ),
      OFTEN,
    )
    .toBe(title)

/** Waits until an expression gives this in the page. */
export const expectIn = (tab: Tab, expression: string, value: unknown): Promise<void> =>
  expect.poll(() => tab.evaluate(expression), OFTEN).toEqual(value)

export const heading = (tab: Tab): Promise<string> => tab.evaluate("document.querySelector('h1').textContent")

/** What all of a page says, as it is seen. */
export const textOf = (tab: Tab): Promise<string> => tab.evaluate('document.body.innerText')

/** Brings what has these words into sight. Where it is then; null when it is not to be seen. */
const aim = (tab: Tab, selector: string, words: string) =>
  tab.evaluate<Point | null>(`(() => {
    const all = [...document.querySelectorAll(${JSON.stringify(selector)})]
    const words = (one) => one.textContent.trim().replace(/\\s+/g, ' ')
    const found = all.find((one) => words(one) === ${JSON.stringify(words)} && one.checkVisibility())
    if (!found) return null
    found.scrollIntoView({ block: 'center', behavior: 'instant' })
    const { x, y, width, height } = found.getClientRects()[0]
    return { x: x + width / 2, y: y + height / 2 }
  })()`)

/** Where a button or a link stands, once it is there. */
export async function find(tab: Tab, words: string, selector = 'button, a'): Promise<Point> {
  let at = null as Point | null
  await expect.poll(async () => (at = await aim(tab, selector, words)), OFTEN).not.toBeNull()
  return at ?? { x: 0, y: 0 }
}

/** Presses a button or a link with the mouse. */
export const press = async (tab: Tab, words: string): Promise<void> => tab.click(await find(tab, words))

/** Picks what has a label: a box, or one of several. */
const pick = async (tab: Tab, words: string): Promise<void> => tab.click(await find(tab, words, 'label'))

/** Waits until the quiet second before a press is over. */
export const untilPressesCount = (tab: Tab): Promise<void> =>
  expectIn(tab, "document.querySelector('form[data-press=counts]') !== null", true)

/** Presses «Connect» as a person does who reads the page first, and who ticks the box where there is one. */
export async function pressConnect(tab: Tab, words = 'Connect'): Promise<void> {
  const asksForBox = await tab.evaluate<boolean>("document.getElementById('aware').checkVisibility()")
  if (asksForBox) await tab.click(await tab.evaluate<Point>(MIDDLE_OF_BOX))
  else await untilPressesCount(tab)
  await press(tab, words)
}

const MIDDLE_OF_BOX = `(() => {
  const box = document.querySelector('[name=aware]')
  box.scrollIntoView({ block: 'center', behavior: 'instant' })
  const { x, y, width, height } = box.getBoundingClientRect()
  return { x: x + width / 2, y: y + height / 2 }
})()`

export const CONFIRM = 'Connect this account to Wazzup?'

/** Logs in at the demo CRM, whose page is on show. */
export async function logIn(tab: Tab, person = 'Anna Keller Administrator'): Promise<void> {
  await expectTitle(tab, 'Log in')
  await pick(tab, person)
  await press(tab, 'Log in')
}

/** Connects a CRM account. Each page's title is given as soon as it is shown; the caller may stop early. */
export async function* installWalk(tab: Tab, marketplaceUrl: string): AsyncGenerator<string> {
  await tab.goto(marketplaceUrl)
  yield 'Integration with CRM'
  await press(tab, 'Connect')
  await expectTitle(tab, 'Log in')
  yield 'Log in'
  await logIn(tab)
  await expectTitle(tab, CONFIRM)
  yield CONFIRM
  await pressConnect(tab)
  await expectTitle(tab, 'Connected')
  yield 'Connected'
}

/** Up to the confirm page, where nothing has been pressed yet. */
export async function walkToConfirm(tab: Tab, marketplaceUrl: string): Promise<void> {
  for await (const page of installWalk(tab, marketplaceUrl)) if (page === CONFIRM) return
}
