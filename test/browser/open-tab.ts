import type { Browser, BrowserContextOptions, Page as Tab, Request } from 'playwright-core'
import { onTestFinished } from 'vitest'

export const DESKTOP = { width: 1280, height: 800 }
export const PHONE = { width: 320, height: 640 }

/** A tab of a browser that has never been here, and what went wrong or astray in it so far. */
export interface OpenTab {
  tab: Tab
  /** Everything in the console, script errors, and requests that failed. Broken content policies end up here. */
  complaints: string[]
  /** Every origin that was asked for anything. */
  origins: Set<string>
}

/** Leaving a page ends the question after its upload that may be under way: nothing has failed. */
export const wasLeft = (request: Request): boolean =>
  request.resourceType() === 'eventsource' && request.failure()?.errorText === 'net::ERR_ABORTED'

/** Opens a tab with its own cookies, in English unless `locale` says otherwise; it closes with the test. */
export async function openTab(browser: Browser, options: BrowserContextOptions = {}): Promise<OpenTab> {
  const context = await browser.newContext({ locale: 'en-US', viewport: DESKTOP, ...options })
  onTestFinished(() => context.close())
  const tab = await context.newPage()
  const complaints: string[] = []
  const origins = new Set<string>()
  tab.on('console', (message) => complaints.push(message.text()))
  tab.on('pageerror', (error) => complaints.push(error.message))
  tab.on('requestfailed', (request) => {
    if (wasLeft(request)) return
    complaints.push(`${request.failure()?.errorText ?? 'failed'}: ${request.url()}`)
  })
  tab.on('request', (request) => origins.add(new URL(request.url()).origin))
  return { tab, complaints, origins }
}
