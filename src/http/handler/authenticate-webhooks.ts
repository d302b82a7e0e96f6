import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { Keys, WebhookConnection } from '../../keys/webhook-keys.ts'
import { bearerIn } from '../../shared/bearer.ts'
import { sendProblem } from '../problem.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose webhook this is; there on every route behind `authenticateWebhooks`. */
    wazzup: WebhookConnection
  }
}

export interface AuthenticateWebhooksOptions {
  keys: Pick<Keys, 'lookup'>
}

/**
 * A Fastify plugin for the routes that Wazzup calls. It holds for every route of the scope that registers it:
 *
 * - it reads the body as JSON whatever the content type says, for Wazzup's is not a valid one (fact sheet, 5); what is no
 *   JSON object is answered 400;
 * - it answers Wazzup's trial with 200 by itself, with and without a key, since Wazzup sends it before it takes an
 *   address: `{ "test": true }`, with other fields or not, or a POST with nothing in it;
 * - any other request is let through with `request.wazzup` set, or answered 401 (no key, or none that is known),
 *   400 (two keys) or 503 with `Retry-After` (it cannot be known now).
 *
 * All of that comes before the `schema` of a route is looked at.
 */
export const authenticateWebhooks: FastifyPluginAsync<AuthenticateWebhooksOptions> = async (
  app,
  { keys },
) => {
  app.decorateRequest('wazzup')
  readAsJson(app)
  app.addHook('preValidation', async (request, reply) => {
    if (request.method === 'POST') {
      const body: unknown = request.body === undefined ? {} : request.body
      if (typeof body !== 'object' || body === null || Array.isArray(body))
        return sendProblem(reply, { status: 400, code: 'not_an_object' })
      if (isTrial(body)) return reply.code(200).send({ ok: true })
    }
    const bearer = bearerIn(request.raw, 'authorization')
    if (bearer.kind === 'doubled') return sendProblem(reply, { status: 400, code: 'doubled_header' })
    if (bearer.kind === 'none') return sendProblem(reply, { status: 401, code: 'no_crm_key' })
    return authenticate(request, reply, keys)
  })
}

// The marks by which Fastify knows a plugin that works on the scope it is registered in, and not on one of its own.
Object.assign(authenticateWebhooks, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'wauth-connector',
})

async function authenticate(request: FastifyRequest, reply: FastifyReply, keys: Pick<Keys, 'lookup'>) {
  try {
    const connection = await keys.lookup(request.headers.authorization)
    if (connection) {
      request.wazzup = connection
      return undefined
    }
  } catch (error) {
    // Not knowing is not a no: Wazzup may try again, a 401 would tell it that the customer is gone.
    request.log.error({ err: error }, 'the crmKey of a webhook cannot be looked up')
    return sendProblem(reply, { status: 503, code: 'storage_unavailable', retryAfter: 5 })
  }
  const challenge = 'Bearer error="invalid_token"'
  return sendProblem(reply, { status: 401, code: 'unknown_crm_key', challenge })
}

function readAsJson(app: FastifyInstance) {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (request, body, done) => {
    const text = String(body).replace(/^\uFEFF/, '')
    if (/^\s*$/.test(text)) done(null, undefined)
    else void parse(request, text, done)
  })
}

/** What a webhook can be about (fact sheet, 5). */
const EVENTS = ['messages', 'statuses', 'createContact', 'createDeal', 'channelsUpdates', 'templateStatus']

/** Nothing follows from a trial, so a body that says more than that it is one is none. */
function isTrial(body: object): boolean {
  const fields = new Map<string, unknown>(Object.entries(body))
  const isNothing = (value: unknown) =>
    value === undefined || value === null || (Array.isArray(value) && value.length === 0)
  const isMarked = [true, 'true'].some((mark) => fields.get('test') === mark)
  return fields.size === 0 || (isMarked && EVENTS.every((name) => isNothing(fields.get(name))))
}
