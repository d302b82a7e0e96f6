import { setTimeout as pause } from 'node:timers/promises'
import type { Browser } from './browser/create-browser.ts'
import type { Form } from './browser/form.ts'
import type { Page } from './browser/page.ts'

export interface InstallWalk {
  browser: Browser
  marketplaceUrl: string
  /** Whom to log in as at the demo CRM; by default the administrator of its first customer. */
  user?: string
  /** Hears of every step, in the words of the person who takes it. */
  onStep: (step: string) => void
  /** How long the result may stay pending, in milliseconds. */
  patienceMs?: number
}

/** What the result's address says to a program. */
interface InstallResult {
  status: string
  reason: string | null
  supportId: string | null
  crmAccountName: string | null
  upload: unknown
}

export interface InstallWalkEnd {
  page: Page
  result: InstallResult
}

const pollMs = 200

function formOf(page: Page, whatFor: string, form: Form | undefined): Form {
  if (form) return form
  const { pathname } = new URL(page.url)
  throw new Error(`Looked for ${whatFor}, found "${page.title}" (${page.status}) at ${pathname}`)
}

const hasField = (name: string) => (form: Form) => name in form.fields || name in form.choices

/** Logs in where the CRM asks for it; a CRM that remembers the person goes straight on. */
async function logIn(browser: Browser, user: string, onStep: InstallWalk['onStep']) {
  const login = browser.page.forms.find(hasField('user'))
  if (login) {
    onStep(`log in to the CRM as ${user}`)
    await browser.submit(login, { user })
  }
  const handOver = browser.page.forms.find(hasField('token'))
  if (handOver) {
    onStep('let the CRM hand the login over')
    await browser.submit(handOver)
  }
}

async function readResult(browser: Browser): Promise<InstallResult> {
  const { body } = await browser.fetch(browser.page.url, { accept: 'application/json' })
  return JSON.parse(body) as InstallResult
}

async function settledResult({ browser, onStep, patienceMs = 60_000 }: InstallWalk): Promise<InstallResult> {
  const end = performance.now() + patienceMs
  let result = await readResult(browser)
  if (result.status === 'pending') onStep('wait until the outcome is known')
  while (result.status === 'pending' && performance.now() < end) {
    await pause(pollMs)
    result = await readResult(browser)
  }
  return result
}

/**
 * Connects a CRM account the way a person does: Connect, log in, confirm, look at the result.
 * @throws Error when a page is not the one that should come next
 */
export async function walkInstall(walk: InstallWalk): Promise<InstallWalkEnd> {
  const { browser, user = 'acme-admin', onStep } = walk
  onStep('open the Wazzup marketplace')
  const marketplace = await browser.get(walk.marketplaceUrl)
  const connect = formOf(marketplace, 'the "Connect" button', marketplace.form('/marketplace/connect'))
  onStep('press "Connect"')
  await browser.submit(connect)
  await logIn(browser, user, onStep)
  const confirm = formOf(browser.page, 'the confirm page', browser.page.form('/confirm'))
  onStep('read the confirm page and press the button')
  // Without scripts the page asks for it.
  const pressed = await browser.submit(confirm, { aware: 'on' })
  const result = await settledResult(walk)
  onStep(`see the result: ${result.status}`)
  return { result, page: await browser.get(pressed.url) }
}
