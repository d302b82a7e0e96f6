import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Account } from './accounts.ts'
import type { Answer } from './answer.ts'
import { answerWithFault } from './answer-with-fault.ts'
import { plainError } from './error-shapes.ts'
import type { World } from './world.ts'

const PARTNER_ACCOUNT = 'partner'

/** A request whose apiKey is good, and the account that it opens. */
export interface KeyedRequest {
  account: Account
  id: string
  offset: number
  /** The parsed body; undefined when it is no JSON. */
  body: unknown
}

export interface KeyedRoute {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  path: string
  handle: (request: KeyedRequest) => Answer | Promise<Answer>
}

type Request = FastifyRequest<{
  Body: string | undefined
  Params: { id?: string }
  Querystring: { offset?: string }
}>

function parse(body: string | undefined): unknown {
  try {
    return JSON.parse(body ?? '')
  } catch {
    return undefined
  }
}

function tooMany({ switches, rates, now }: World, from: { apiKey: string; ip: string }): Answer | null {
  const party = switches.rateCountedBy === 'key' ? from.apiKey : from.ip
  const wait = rates.take(party, { limit: switches.rateLimit, window: switches.rateWindow })
  if (wait === null) return null
  const until = {
    untold: undefined,
    seconds: String(Math.ceil(wait / 1000)),
    // Dates have no parts of a second.
    date: new Date(Math.ceil((now().getTime() + wait) / 1000) * 1000).toUTCString(),
  }[switches.rateRetryAfter]
  return { status: 429, ...(until !== undefined && { headers: { 'retry-after': until } }) }
}

/** A partner's own key is the key of an account, too. */
const accountOf = ({ partnerApiKey, connections }: World, apiKey: string): string | undefined =>
  apiKey === partnerApiKey ? PARTNER_ACCOUNT : connections.withLivingKey(apiKey)?.accountId

/** Checks the key, whether the route is open to it, and the rate, in this order; then the route itself. */
async function answerTo(world: World, request: Request, { path, handle }: KeyedRoute): Promise<Answer> {
  const apiKey = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
  if (world.switches.nameless === 'forbidden' && !request.headers['user-agent'])
    return { status: 403, headers: { 'content-type': 'text/html' }, body: '<h1>Forbidden</h1>' }
  const accountId = accountOf(world, apiKey)
  if (accountId === undefined) return { status: 401 }
  if (world.switches.closedRoutes.some((closed) => path.startsWith(closed)))
    return { status: 403, body: { error: 'FORBIDDEN' } }
  const refusal = tooMany(world, { apiKey, ip: request.ip })
  if (refusal) return refusal
  const offset = Number(request.query.offset ?? 0)
  if (!Number.isInteger(offset) || offset < 0)
    return plainError(400, { code: 'INVALID_OFFSET', description: 'offset must be an integer ≥ 0' })
  const account = world.accounts.of(accountId)
  return handle({ account, id: request.params.id ?? '', offset, body: parse(request.body) })
}

/** Adds a route for holders of an apiKey. Faults scripted for it come first, as from a proxy in front of Wazzup. */
export function withKey(app: FastifyInstance, world: World, route: KeyedRoute) {
  const faults = world.routeFaults.of(route.method, route.path)
  app.route({
    method: route.method,
    url: route.path,
    handler: (request, reply) =>
      answerWithFault(request, reply, {
        fault: faults.shift(),
        usual: () => answerTo(world, request as Request, route),
        note: world.recorder.answered,
      }),
  })
}
