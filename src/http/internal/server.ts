import { createServer, type IncomingMessage } from 'node:http'
import fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import type { Logger } from '../../observability/logger.ts'
import { answerRawError, type RawAnswer } from '../answer-raw-error.ts'
import { observeRequests } from '../observe-requests.ts'
import { refuseUnderPressure } from '../pressure.ts'
import { sendProblem } from '../problem.ts'
import { SLOW_CLIENTS } from '../client-limits.ts'
import { watchClients } from '../watch-clients.ts'
import { ON_EVERY_ANSWER } from './answer-headers.ts'
import { changeRoutes } from './change-routes.ts'
import { connectionRoutes } from './connection-routes.ts'
import { deliveryRoutes } from './delivery-routes.ts'
import type { InternalDeps } from './deps.ts'
import { countFailures } from './failed-attempts.ts'
import { healthRoutes } from './health-routes.ts'
import { installsRoutes } from './installs-routes.ts'
import { keyRoutes, SHORT_ROUTES } from './key-routes.ts'
import { openApiRoute } from './openapi-route.ts'
import { answerError, PROBLEMS } from './problems.ts'
import { requireToken, tokenJudge } from './require-token.ts'
import { settingsRoutes } from './settings-routes.ts'
import { shortWay, type Terms } from './short-way.ts'
import { supportRoutes } from './support-routes.ts'
import { uploadRoutes } from './upload-routes.ts'

/** An account id may be 200 characters long, and percent-encoding makes up to nine of one. */
const LONGEST_PARAMETER = 2000

/** Bytes. */
const BODY_LIMIT = 16 * 1024

/** What is asked of a request before its route. */
type Rules = Pick<Terms, 'isUnderPressure' | 'hasToken'>

/** What the token opens, besides the look-up. */
const WITH_TOKEN = [
  connectionRoutes,
  uploadRoutes,
  changeRoutes,
  deliveryRoutes,
  supportRoutes,
  settingsRoutes,
  installsRoutes,
]

/** The listener that the internet never sees: health for everybody, `/v1` for callers with the token. */
export async function createInternalServer(deps: InternalDeps): Promise<FastifyInstance> {
  const { health, tokens, lookupTokens, log } = deps
  const short = shortWay()
  const app = fastify(serverOptions(log, short))
  // No route reads a text: 415 says what to send.
  app.removeContentTypeParser('text/plain')
  watchClients(app.server, log)
  observeRequests(app, deps.observe)
  app.addHook('onRequest', (_request, reply, next) => {
    reply.headers(ON_EVERY_ANSWER)
    next()
  })
  app.setErrorHandler(answerError(log))
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, PROBLEMS.notFound))
  healthRoutes(app, health)
  openApiRoute(app)
  const answerFailure = await countFailures(app, deps.failureLimit, log)
  /** Routes for those who have one of these tokens; not there without any. */
  const withToken = async (
    allowed: readonly string[],
    routes: (v1: FastifyInstance, rules: Rules) => void,
  ) => {
    if (allowed.length === 0) return
    await app.register(async (v1) => {
      // Health and metrics are answered under any pressure: they show it.
      const isUnderPressure = await refuseUnderPressure(v1)
      const judge = tokenJudge(allowed)
      v1.addHook('onRequest', requireToken(judge, answerFailure))
      routes(v1, { isUnderPressure, hasToken: (request) => judge(request) === 'known' })
    })
  }
  await withToken([...tokens, ...lookupTokens], (v1, rules) => {
    keyRoutes(v1, deps, answerFailure)
    short.open(app, { ...rules, ...termsOf(deps) })
  })
  await withToken(tokens, (v1) => {
    for (const routes of WITH_TOKEN) routes(v1, deps)
  })
  return app
}

const serverOptions = (log: Logger, short: ReturnType<typeof shortWay>): FastifyServerOptions => ({
  logger: false,
  serverFactory: (long) => createServer({ ...SLOW_CLIENTS, ...SLOW_CLIENTS.http }, short.before(long)),
  bodyLimit: BODY_LIMIT,
  // What still comes in on a kept connection is answered like anything else; see `drain.ts`.
  return503OnClosing: false,
  routerOptions: { maxParamLength: LONGEST_PARAMETER },
  clientErrorHandler: answerRawError(log, rawAnswer),
  // A path that cannot be read is refused before any hook is asked.
  frameworkErrors: (error, request, reply) => {
    void answerError(log)(error, request, reply.headers({ ...ON_EVERY_ANSWER, connection: 'close' }))
  },
})

const termsOf = ({ lookup, observe: { meter, tracing } }: InternalDeps) => ({
  ...{ routes: SHORT_ROUTES, lookup, meter, bodyLimit: BODY_LIMIT },
  isTraced: ({ headers }: IncomingMessage) => tracing.records || headers.traceparent !== undefined,
})

/** The problem of what is not HTTP enough to be routed; nothing of it comes back. */
const rawAnswer: RawAnswer = ({ status, reason: title }) => ({
  headers: { 'content-type': 'application/problem+json', ...ON_EVERY_ANSWER },
  body: JSON.stringify({ title, ...PROBLEMS.badRequest, status }),
})
