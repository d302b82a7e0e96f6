import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { assets } from '../../../../src/http/public/assets/assets.ts'
import { chooseLocale } from '../../../../src/http/public/pages/choose-locale.ts'
import type { Page } from '../../../../src/http/public/pages/model.ts'
import { createPages } from '../../../../src/http/public/pages/pages.ts'
import { SECURITY_HEADERS } from '../../../../src/http/public/security-headers.ts'

export interface PageServer {
  origin: string
  close: () => Promise<void>
}

const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="40"><rect width="120" height="40"/></svg>'

const pages = createPages({
  crmName: 'Acme CRM',
  hasLogo: () => true,
  doneUrl: new URL('https://crm.example/done'),
  wazzupUrl: new URL('https://wazzup.example/'),
})

/** What is served at an address: a page by its name, JSON or events where its script asks for them. */
const answerTo = (
  shown: Record<string, Page>,
  { url, headers }: IncomingMessage,
): { type: string; body: string } | null => {
  const { pathname, searchParams } = new URL(url ?? '/', 'http://127.0.0.1')
  const asset = [...assets, { path: '/wauth/logo', type: 'image/svg+xml', body: LOGO }].find(
    ({ path }) => path === pathname,
  )
  if (asset) return asset
  const page = shown[pathname.slice(1)]
  if (!page) return null
  if (page.page === 'result' && headers.accept === 'application/json') {
    return { type: 'application/json', body: JSON.stringify(page.result) }
  }
  // An upload of which there is nothing new to tell.
  if (headers.accept === 'text/event-stream') return { type: headers.accept, body: 'retry: 60000\n\n' }
  const acceptLanguage = headers['accept-language']
  const locale = chooseLocale({ query: searchParams.get('lang'), cookie: undefined, acceptLanguage })
  return { type: 'text/html; charset=utf-8', body: pages.render(page, locale) }
}

/** Serves the pages under their names, on loopback, with the headers of the real listener. */
export const startPageServer = async (shown: Record<string, Page>): Promise<PageServer> => {
  const server = createServer((request, response) => {
    const answer = answerTo(shown, request)
    const type = answer ? { 'content-type': answer.type } : {}
    response.writeHead(answer ? 200 : 404, { ...SECURITY_HEADERS, ...type }).end(answer?.body)
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((closed) =>
        server.close(() => {
          closed()
        }),
      ),
  }
}
