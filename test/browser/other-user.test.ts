import type { Page as Tab } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { browserAndConnector } from './browser-and-connector.ts'
import { confirmAtHand, type ConfirmOptions } from './confirm-at-hand.ts'
import { expectTitle } from './expect-title.ts'
import { PHONE } from './open-tab.ts'
import { pressConnect } from './press-connect.ts'
import { eachOfFirst, LONG } from '../support/long.ts'

const CONFIRM = 'Connect this account to Wazzup?'

const served = browserAndConnector()

const onConfirmPage = (options?: ConfirmOptions) => confirmAtHand(served, options)

const wayOut = (tab: Tab) => tab.getByRole('link', { name: 'Not you? Log in as somebody else', exact: true })

async function logInAs(tab: Tab, name: string) {
  await expectTitle(tab, 'Log in')
  await tab.getByRole('radio', { name }).check()
  await tab.getByRole('button', { name: 'Log in', exact: true }).click()
  await expectTitle(tab, CONFIRM)
}

/** The same attempt in another tab of the same browser. */
async function beside(tab: Tab): Promise<Tab> {
  const other = await tab.context().newPage()
  await other.goto(tab.url())
  await expectTitle(other, CONFIRM)
  return other
}

eachOfFirst(1)<[string, ConfirmOptions]>([
  ['with scripts', {}],
  ['without scripts, on a narrow phone', { javaScriptEnabled: false, viewport: PHONE }],
])(
  'whoever is not Anna logs in as Jonas, and connects his account and no other: %s',
  async (_how, options) => {
    const { tab, connects, complaints } = await onConfirmPage(options)
    await tab.getByText('Anna Keller').waitFor()
    await wayOut(tab).click()
    await logInAs(tab, 'Jonas Brandt')
    expect(await tab.getByText('Anna Keller').count()).toBe(0)
    await tab.getByText('Jonas Brandt').waitFor()
    await pressConnect(tab)
    await expectTitle(tab, 'Connected')
    await tab.getByText('Nordwind').first().waitFor()
    expect(connects()).toBe(1)
    expect(served.connector.sandbox.wazzup.connects().at(-1)?.name).toContain('Nordwind')
    expect(complaints).toEqual([])
  },
)

test('at 320 pixels the way out is whole, large enough for a finger, and reached by one Tab', async () => {
  const { tab } = await onConfirmPage({ viewport: PHONE, hasTouch: true, isMobile: true })
  const box = await wayOut(tab).boundingBox()
  expect(box?.x).toBeGreaterThan(0)
  expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThan(PHONE.width)
  expect(box?.height).toBeGreaterThanOrEqual(44)
  await tab.keyboard.press('Tab')
  expect(await tab.evaluate<string>('document.activeElement.textContent')).toContain('Not you?')
})

describe('on a page that is no longer true the way out does no harm:', () => {
  test('what has been connected stays so, and is what it leads to', async () => {
    const { tab, connects } = await onConfirmPage()
    const other = await beside(tab)
    await pressConnect(other)
    await expectTitle(other, 'Connected')
    await wayOut(tab).click()
    await expectTitle(tab, 'Connected')
    expect(connects()).toBe(1)
  })

  test('what has been cancelled stays so', LONG, async () => {
    const { tab, connects } = await onConfirmPage()
    const other = await beside(tab)
    await other.getByRole('button', { name: 'Cancel', exact: true }).click()
    await expectTitle(other, 'Cancelled')
    await wayOut(tab).click()
    await expectTitle(tab, 'Cancelled')
    expect(connects()).toBe(0)
  })

  test('the page of the user from before connects nobody', async () => {
    const { tab, connects } = await onConfirmPage()
    const other = await beside(tab)
    await wayOut(tab).click()
    await logInAs(tab, 'Jonas Brandt')
    await pressConnect(other)
    await expectTitle(other, 'We are not sure that it was you')
    expect(connects()).toBe(0)
    await pressConnect(tab)
    await expectTitle(tab, 'Connected')
    expect(connects()).toBe(1)
  })
})
