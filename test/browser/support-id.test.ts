import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { resultPage } from '../http/public/pages/every-page.ts'
import { type PageServer, startPageServer } from '../http/public/pages/page-server.ts'
import { launchChromium } from '../support/chromium.ts'
import { openTab } from './open-tab.ts'

const ID = 'K7QF-2M9X'

let browser: Browser
let server: PageServer
beforeAll(async () => {
  browser = await launchChromium()
  server = await startPageServer({ cancelled: resultPage({ status: 'cancelled' }) })
})
afterAll(async () => {
  await browser.close()
  await server.close()
})

async function onPage(options: BrowserContextOptions = {}) {
  const { tab, complaints } = await openTab(browser, options)
  await tab.goto(`${server.origin}/cancelled?lang=en`)
  return { tab, complaints, button: tab.getByRole('button', { name: 'Copy' }) }
}

test('the support id is copied by a button, which a screen reader hears of', async () => {
  const { tab, complaints, button } = await onPage({ permissions: ['clipboard-read', 'clipboard-write'] })
  await button.focus()
  await tab.keyboard.press('Enter')
  await expect.poll(() => tab.getByRole('status').textContent()).toBe('Copied.')
  expect(await tab.evaluate('navigator.clipboard.readText()')).toBe(ID)
  expect(complaints).toEqual([])
})

test('where a page may not copy, the id is selected, and the page says so', async () => {
  const { tab, button } = await onPage()
  await tab.evaluate(`{
    navigator.clipboard.writeText = () => Promise.reject(new Error('forbidden'))
    document.execCommand = () => false
  }`)
  await button.click()
  await expect.poll(() => tab.getByRole('status').textContent()).toContain('Selected')
  expect(await tab.evaluate('getSelection().toString()')).toBe(ID)
})

test('without scripts there is no button, and one click selects the whole id', async () => {
  const { tab, button } = await onPage({ javaScriptEnabled: false })
  expect(await button.isVisible()).toBe(false)
  expect(await tab.locator('code').textContent()).toBe(ID)
})
