import { html, type Html } from './html.ts'
import type { Words } from './words.ts'

/** `theme` colours the page: Wazzup's personal area, or the CRM. */
export interface SandboxPage {
  title: string
  theme: 'wazzup' | 'crm'
  brand: string
  body: Html
  /** Without them the page is in English. */
  words?: Words
  /** The path of the one script of the page, from this server. */
  script?: string
}

// No `form-action`: the forms of both sites end in a redirect to another origin, which it would block.
const contentSecurityPolicy =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"

/** The whole page as markup. */
export const pageMarkup = (page: SandboxPage): string =>
  html`<!doctype html>
    <html lang="${page.words?.language ?? 'en'}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/assets/sandbox.css" />
        ${page.script === undefined ? null : html`<script src="${page.script}" defer></script>`}
        <title>${page.title}</title>
      </head>
      <body class="${page.theme}">
        <header class="bar">
          <span class="brand">${page.brand}</span
          ><span class="tag">${page.words?.say('tag') ?? 'sandbox'}</span>
        </header>
        <main>${page.body}</main>
      </body>
    </html>`.markup

/** The headers that go with every page. */
export const pageHeaders = ({ script }: SandboxPage): Record<string, string> => ({
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': contentSecurityPolicy + (script ? SCRIPTED : ''),
  'cache-control': 'no-store',
})

const SCRIPTED = "; script-src 'self'; connect-src 'self'"
