import type { IncomingHttpHeaders } from 'node:http'
import { onTestFinished } from 'vitest'
import type { Form } from '../../../src/sandbox/browser/form.ts'
import type { Page } from '../../../src/sandbox/browser/page.ts'
import { openServer } from '../../../src/sandbox/open-server.ts'

export interface Served {
  status?: number
  headers?: Record<string, string | string[]>
  html?: string
}

interface Seen {
  method: string
  url: string
  headers: IncomingHttpHeaders
  body: string
}

/** A web site that answers by path, and what it was asked. Closed when the test ends. */
export async function siteAtHand(paths: Record<string, Served>, hostname?: 'localhost') {
  const { app, url } = await openServer(0, hostname)
  const seen: Seen[] = []
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body)
  })
  app.all('/*', async ({ method, url: path, headers, body }, reply) => {
    seen.push({ method, url: path, headers, body: typeof body === 'string' ? body : '' })
    const {
      status = 200,
      headers: sent = {},
      html = '',
    } = paths[new URL(path, url).pathname] ?? { status: 404 }
    return reply.code(status).headers(sent).type('text/html').send(html)
  })
  await app.ready()
  onTestFinished(() => app.close())
  return { url, seen, last: () => seen.at(-1) }
}

/** The only form of a page. */
export function theForm({ forms }: Page): Form {
  const [form] = forms
  if (!form || forms.length > 1) throw new Error(`There are ${forms.length} forms`)
  return form
}
