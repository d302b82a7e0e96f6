import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { newWebhookSecret } from '../../../src/config/fields/webhook-secret.ts'

/** The vendor's side: a webhooks handler, a receiver of events and an export. A test may make it answer wrongly. */
export async function startVendor() {
  const answers = {
    webhooks: { status: 200, headers: {} as Record<string, string> },
    users: JSON.stringify({ items: [{ id: '1', name: 'Anna Keller' }], next: null }),
  }
  /** What it exports besides users. */
  const exported: Record<string, unknown[]> = {
    pipelines: [{ id: '1', name: 'Sales', stages: [{ id: '1', name: 'New' }] }],
    contacts: [
      {
        ...{ id: '1', name: 'Ben Ortiz', responsibleUserId: '1' },
        contactData: [{ chatType: 'whatsapp', chatId: '79011112233' }],
      },
    ],
    deals: [{ ...{ id: '1', name: 'Trip', responsibleUserId: '1' }, contacts: ['1'], closed: false }],
  }
  const secret = newWebhookSecret()
  const isSigned = (body: string, headers: IncomingHttpHeaders) => {
    try {
      return Boolean(new Webhook(secret).verify(body, headers as Record<string, string>))
    } catch {
      return false
    }
  }
  const heard: { method: string; url: string; authorization: string | undefined; body: string }[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      heard.push({ method, url, authorization: headers.authorization, body })
      if (url.startsWith('/webhooks'))
        response.writeHead(answers.webhooks.status, answers.webhooks.headers).end()
      else if (url === '/events') response.writeHead(isSigned(body, headers) ? 204 : 401).end()
      else {
        const may =
          headers.authorization === 'Bearer canary-of-the-export-token-xyz' && !url.includes('no-such')
        const items = exported[/\/export\/(\w+)/.exec(url)?.[1] ?? '']
        const body = items ? JSON.stringify({ items, next: null }) : answers.users
        response.writeHead(may ? 200 : 401, { 'content-type': 'application/json' }).end(may ? body : '')
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    ...{ url, answers, heard },
    env: {
      WEBHOOKS_URL: `${url}/webhooks`,
      EVENTS_URL: `${url}/events`,
      EVENTS_SECRET: secret,
      CRM_EXPORT_URL: `${url}/export`,
      CRM_EXPORT_TOKEN: 'canary-of-the-export-token-xyz',
    },
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
