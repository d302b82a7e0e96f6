import { onTestFinished } from 'vitest'
import { openServer } from '../../../src/sandbox/open-server.ts'
import { connectedWazzup, type ConnectedWazzup } from './connected.ts'
import type { WazzupOptions } from '../../../src/sandbox/wazzup/start-wazzup.ts'

export interface Received {
  authorization: string | undefined
  contentType: string | undefined
  url: string
  payload: Record<string, unknown>
}

export interface Handler {
  url: string
  received: Received[]
  /** Changed by a test to answer otherwise. */
  answer: (received: Received) => Reply | Promise<Reply>
}

interface Reply {
  status: number
  body?: unknown
  location?: string
}

/** A handler of webhooks that takes everything, unless told otherwise. */
export async function handlerAtHand(): Promise<Handler> {
  const { app, url } = await openServer()
  const handler: Handler = { url: `${url}/hook?s=1`, received: [], answer: () => ({ status: 200 }) }
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body)
  })
  app.post<{ Body: string }>('/hook', async ({ headers, body, url: path }, reply) => {
    const received: Received = {
      authorization: headers.authorization,
      contentType: headers['content-type'],
      url: path,
      payload: JSON.parse(body) as Record<string, unknown>,
    }
    handler.received.push(received)
    const { status, body: text, location } = await handler.answer(received)
    if (location) void reply.header('location', location)
    return reply.code(status).send(text)
  })
  await app.ready()
  onTestFinished(() => app.close())
  return handler
}

export const allOn = {
  messagesAndStatuses: true,
  contactsAndDealsCreation: true,
  channelsUpdates: true,
  templateStatus: true,
}

/** A connected account whose webhooks go to a handler, all of them. */
export async function withHandler(
  options: WazzupOptions = {},
): Promise<ConnectedWazzup & { handler: Handler }> {
  const [connected, handler] = [await connectedWazzup(options), await handlerAtHand()]
  await connected.call('PATCH', '/v3/webhooks', { webhooksUri: handler.url, subscriptions: allOn })
  handler.received.length = 0
  return { ...connected, handler }
}
