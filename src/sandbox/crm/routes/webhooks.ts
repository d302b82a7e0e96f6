import type { FastifyInstance } from 'fastify'
import type { Authenticate } from '../handler/authenticate.ts'
import type { Events } from '../handler/events.ts'
import { isObject } from '../../wazzup/entities/fields.ts'
import type { Fields, NewEntities } from '../handler/new-entities.ts'

export interface WebhookRoutes {
  authenticate: Authenticate
  events: Events
  created: NewEntities
  now: () => Date
}

/** Whatever the content type says: Wazzup's is none that a standard knows. A body with nothing in it is an empty object. */
function read(body: string | undefined): Fields | null {
  try {
    const value: unknown = JSON.parse(body?.trim() || '{}')
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

/** The test of an address; it may come without a key, and nothing follows from it. */
const isTest = (payload: Fields) => payload['test'] === true || Object.keys(payload).length === 0

/**
 * Wazzup waits for the entity in the answer to these two; any other answer is not read. Null: it is announced, and is none.
 */
function answerTo(payload: Fields, accountId: string, created: NewEntities): Fields | null {
  if ('createContact' in payload) return created.contact(accountId, payload['createContact'])
  if ('createDeal' in payload) return created.deal(accountId, payload['createDeal'])
  return { ok: true }
}

/** The vendor's handler: `POST /wazzup/webhooks`. */
export async function webhookRoutes(
  app: FastifyInstance,
  { authenticate, events, created, now }: WebhookRoutes,
) {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body)
  })
  app.post<{ Body: string | undefined }>('/wazzup/webhooks', async (request, reply) => {
    const payload = read(request.body)
    if (!payload) return reply.code(400).send({ error: 'NOT_JSON' })
    if (isTest(payload)) return reply.send({ ok: true })
    const whose = await authenticate(request.headers.authorization)
    if (whose.kind === 'unavailable') return reply.code(503).send({ error: 'TRY_AGAIN' })
    if (whose.kind === 'unknown') return reply.code(401).send({ error: 'UNAUTHORIZED' })
    events.add({ accountId: whose.accountId, at: now(), payload })
    const answer = answerTo(payload, whose.accountId, created)
    return answer ? reply.send(answer) : reply.code(400).send({ error: 'NO_ENTITY' })
  })
}
