import type { CookieJar } from 'tough-cookie'
import { createJar } from './cookies.ts'
import { fillIn, type Button, type Form } from './form.ts'
import { readPage, type Link, type Page } from './page.ts'
import { travel, type Journey, type VisitedHop } from './travel.ts'

export interface BrowserOptions {
  /** `Accept-Language`, default `en`. */
  acceptLanguage?: string
}

interface ScriptAnswer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
}

/** One browser with its own cookies, over HTTP only: no scripts, no pictures. */
export interface Browser {
  /** The last page. Throws before the first one. */
  readonly page: Page
  /** Everything that was asked for, redirects included, in order. */
  readonly hops: readonly VisitedHop[]
  readonly jar: CookieJar
  /** Types an address into the address bar. */
  get(url: string): Promise<Page>
  /** Follows a link of the last page. */
  follow(link: Link): Promise<Page>
  /** Fills in a form of the last page and presses a button, the first one by default. */
  submit(form: Form, fields?: Record<string, string>, button?: Button): Promise<Page>
  /** Asks for something as a script of the last page would; the page stays. */
  fetch(url: string, options?: { accept?: string }): Promise<ScriptAnswer>
}

const plainVisit = {
  method: 'GET',
  body: null,
  initiator: null,
  referrerPolicy: '',
  purpose: 'navigation',
} as const satisfies Partial<Journey>

const policyOf = ({ headers }: Page) => String(headers['referrer-policy'] ?? '')

function submission(
  form: Form,
  sent: URLSearchParams,
  action: string,
): Pick<Journey, 'url' | 'method' | 'body'> {
  if (form.method === 'POST') return { url: action, method: 'POST', body: sent.toString() }
  const url = new URL(action)
  url.search = sent.toString()
  return { url: url.href, method: 'GET', body: null }
}

/** Makes a browser with an empty cookie jar. It keeps no connection open, so it needs no closing. */
export function createBrowser({ acceptLanguage = 'en' }: BrowserOptions = {}): Browser {
  const traveller = { jar: createJar(), hops: [] as VisitedHop[] }
  const headers = { 'accept-language': acceptLanguage }
  let last: Page | null = null

  const current = (): Page => {
    if (!last) throw new Error('The browser has not opened a page yet')
    return last
  }
  const fromPage = () => ({ initiator: current().url, referrerPolicy: policyOf(current()) })
  const open = async (journey: Omit<Journey, 'headers'>) =>
    (last = readPage(await travel(traveller, { ...journey, headers })))

  return {
    get page() {
      return current()
    },
    hops: traveller.hops,
    jar: traveller.jar,
    get: (url) => open({ ...plainVisit, url }),
    follow: ({ href }) => open({ ...plainVisit, ...fromPage(), url: href }),
    submit: (form, fields = {}, button = form.buttons[0]) => {
      const sent = submission(form, fillIn(form, fields, button), button?.action ?? form.action)
      return open({ ...plainVisit, ...fromPage(), ...sent })
    },
    fetch: async (url, { accept = '*/*' } = {}) => {
      const journey = { ...plainVisit, ...fromPage(), url, purpose: 'script' as const }
      const {
        status,
        headers: answered,
        html,
      } = await travel(traveller, {
        ...journey,
        headers: { ...headers, accept },
      })
      return { status, headers: answered, body: html }
    },
  }
}
