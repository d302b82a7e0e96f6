import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { SealError } from '../../../src/crypto/sealer.ts'
import type { InternalDeps } from '../../../src/http/internal/deps.ts'
import { StoreUnavailable } from '../../../src/store/errors.ts'
import { TOKEN, type InternalAtHand } from '../internal-at-hand.ts'
import type { Answer, Operation } from './operations.ts'

/** One call of an operation. */
export interface Call {
  account?: string
  supportId?: string
  delivery?: string
  query?: string
  headers?: Record<string, string>
  /** Sent as it is. */
  body?: string
}

type At = Pick<InternalAtHand, 'url'>

/** Calls an operation by the method and the path that the document has for it, with the token. */
export async function call(
  at: At,
  operation: Operation,
  { account = 'acme', supportId = 'WA-0000-0000', delivery = 'evt_nobody_1', ...more }: Call,
): Promise<Answer> {
  const path = operation.path
    .replace('{crmAccountId}', encodeURIComponent(account))
    .replace('{supportId}', encodeURIComponent(supportId))
    .replace('{id}', encodeURIComponent(delivery))
  const type = more.body === undefined ? {} : { 'content-type': 'application/json' }
  const answer = await fetch(at.url + path + (more.query ?? ''), {
    method: operation.method,
    headers: { authorization: `Bearer ${TOKEN}`, ...type, ...more.headers },
    body: more.body ?? null,
  })
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}

/** Calls it with the token twice; `fetch` would make one header of the two. */
export async function callWithTwoTokens(at: At, { method, path }: Operation): Promise<Answer> {
  const { hostname, host, port } = new URL(at.url)
  const token = ['authorization', `Bearer ${TOKEN}`]
  const sent = httpRequest({ hostname, port, method, path, headers: ['host', host, ...token, ...token] })
  sent.end()
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  const headers = new Headers({ 'content-type': answer.headers['content-type'] ?? '' })
  return { status: answer.statusCode ?? 0, headers, text: await text(answer) }
}

/** A service in which everything that a route could ask fails like this. */
export function failing(error: Error): Partial<InternalDeps> {
  const fail = () => Promise.reject(error)
  return {
    lookup: fail,
    connections: {
      find: fail,
      list: fail,
      position: fail,
      changed: fail,
      readApiKey: fail,
      disconnect: fail,
      erase: fail,
    },
    uploads: { find: fail, start: fail },
    changes: { find: fail, accept: fail },
    installs: { read: fail, set: fail },
    deliveries: { list: fail, find: fail, retry: fail, drop: fail },
    support: fail,
    fingerprints: () => {
      throw error
    },
  }
}

/** The error behind a documented code of 500 or 503. */
export function errorOf(code: string): Error {
  if (code === 'overloaded') return Object.assign(new Error('late'), { code: 'FST_UNDER_PRESSURE' })
  if (code === 'storage_unavailable') return new StoreUnavailable('gone', { code })
  return code === 'internal' ? new Error('nobody has thought of this') : new SealError('broken', { code })
}
