import type { Page as Tab } from 'playwright-core'
import { expect } from 'vitest'

/** Waits until the page with this title is shown and complete, with its styles, so that it can be measured. */
export async function expectTitle(tab: Tab, title: string): Promise<void> {
  const shown = () => tab.getByRole('heading', { level: 1 }).textContent()
  await expect.poll(shown, { timeout: 120_000, interval: 50 }).toBe(title)
  await tab.waitForLoadState()
}
