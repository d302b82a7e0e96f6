import type { Page as Tab } from 'playwright-core'

/**
 * Presses «Connect» on the confirm page as a person does who takes a second to read it; without scripts they tick the
 * box that the page then asks for. `name`: what the button is called in the language of the page.
 */
export async function pressConnect(tab: Tab, name = 'Connect'): Promise<void> {
  const box = tab.getByRole('checkbox')
  if (await box.isVisible()) await box.check()
  else await untilPressesCount(tab)
  await tab.getByRole('button', { name, exact: true }).click()
}

/** Waits until the quiet second before a press is over. */
export const untilPressesCount = (tab: Tab) =>
  tab.locator('form[data-press=counts]').waitFor({ timeout: 120_000 })
