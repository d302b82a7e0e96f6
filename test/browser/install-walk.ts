import type { Page as Tab } from 'playwright-core'
import { expectTitle } from './expect-title.ts'
import { pressConnect } from './press-connect.ts'

const press = (tab: Tab, button: string) => tab.getByRole('button', { name: button, exact: true }).click()

/**
 * Connects a CRM account with mouse and eyes. Each page is yielded by its name as soon as it is shown; what is looked
 * at or done there is up to the caller, who may also stop early. English only.
 */
export async function* installWalk(tab: Tab, marketplaceUrl: string) {
  await tab.goto(marketplaceUrl)
  yield 'marketplace'
  await press(tab, 'Connect')
  await expectTitle(tab, 'Log in')
  yield 'login'
  await tab.getByRole('radio', { name: 'Anna Keller' }).check()
  await press(tab, 'Log in')
  await expectTitle(tab, 'Connect this account to Wazzup?')
  yield 'confirm'
  await pressConnect(tab)
  await expectTitle(tab, 'Connected')
  yield 'connected'
  await tab.goto(marketplaceUrl)
  await tab.getByText('Acme Travel').waitFor()
  yield 'marketplace, connected'
}

/** Up to the confirm page, where the button has not been pressed yet. */
export async function walkToConfirmPage(tab: Tab, marketplaceUrl: string): Promise<void> {
  for await (const page of installWalk(tab, marketplaceUrl)) if (page === 'confirm') return
}
