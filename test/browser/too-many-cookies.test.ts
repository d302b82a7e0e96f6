import { expect, test } from 'vitest'
import { browserAndConnector } from './browser-and-connector.ts'
import { expectTitle } from './expect-title.ts'
import { openTab } from './open-tab.ts'

const served = browserAndConnector()

const LOOK = `Object.entries(getComputedStyle(document.querySelector('main.card')))
  .filter(([name]) => /^(background|border|padding|color|font)/.test(name)).join('; ')`

/** The white space between each line of a page and the next, in pixels. */
const GAPS = `[...document.querySelectorAll('h1, .lead, .next, .support')]
  .map((one) => one.getBoundingClientRect())
  .map(({ top }, i, all) => top - (all[i - 1]?.bottom ?? 0)).slice(1)`

test('more cookies of the domain than can be read: a page in the person’s language that looks as others do', async () => {
  const { tab, complaints } = await openTab(served.browser, { locale: 'ru-RU' })
  const many = Array.from({ length: 8 }, (_, i) => ({
    name: `crm-${i}`,
    value: 'x'.repeat(3000),
    url: served.connector.url,
  }))
  await tab.context().addCookies(many)
  const answered = await tab.goto(`${served.connector.url}/wauth?state=opaque`)
  expect(answered?.status()).toBe(431)
  await expectTitle(tab, 'Браузер отправляет слишком много cookie')
  const gaps = await tab.evaluate<number[]>(GAPS)
  expect(gaps).toHaveLength(3)
  expect(Math.min(...gaps)).toBeGreaterThan(0)
  expect(await tab.getByText('Код для поддержки').isVisible()).toBe(true)
  const look = await tab.evaluate<string>(LOOK)
  // The console names the answer itself, and a browser asks for an icon of its own accord.
  expect(complaints.filter((complaint) => !complaint.includes('431'))).toEqual([])
  await tab.context().clearCookies()
  await tab.goto(`${served.connector.url}/wauth`)
  await expectTitle(tab, 'Начните с маркетплейса Wazzup')
  const usual = await tab.evaluate<string>(LOOK)
  expect(look).toEqual(usual)
})
