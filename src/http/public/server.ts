import fastifyCookie from '@fastify/cookie'
import fastify, { type FastifyInstance, type onRequestHookHandler } from 'fastify'
import { requestIdAt } from '../../shared/request-id.ts'
import { answerRawError } from '../answer-raw-error.ts'
import { observeRequests } from '../observe-requests.ts'
import { refuseUnderPressure } from '../pressure.ts'
import { SLOW_CLIENTS } from '../client-limits.ts'
import { watchClients } from '../watch-clients.ts'
import { assetRoutes } from './asset-routes.ts'
import { createAttemptCookies } from './attempt-cookies.ts'
import { checkRoute } from './check-route.ts'
import { connectRoutes } from './connect-routes.ts'
import type { PublicDeps, PublicSettings } from './deps.ts'
import { createErrorPages } from './error-pages.ts'
import { readForwardedAddresses } from './forwarded-address.ts'
import { rememberLocale } from './locale-of.ts'
import { createLimits } from './limits.ts'
import { createOutcomeAnswer } from './outcome-answer.ts'
import { createPageWriter, createUploadWriter } from './page-writer.ts'
import { createProblemAnswer } from './problem-answer.ts'
import { problemRoutes } from './problem-routes.ts'
import { createRawAnswers } from './raw-answer.ts'
import { isReadAlike, rawQueryOf } from './raw-query.ts'
import { registerRoutes } from './register-routes.ts'
import { SECURITY_HEADERS } from './security-headers.ts'
import { tenantRedirect } from './tenant-hosts.ts'

/** Our forms are tiny; a hand-over token is at most 8 KiB. */
const LARGEST_BODY = 16 * 1024

/** The listener that the internet sees: the install flow, and nothing else. Listens to nothing yet. */
export async function createPublicServer(deps: PublicDeps): Promise<FastifyInstance> {
  const { publicUrl } = deps.settings
  const secure = publicUrl.protocol === 'https:'
  const cookies = createAttemptCookies(secure)
  const writePage = createPageWriter(deps.pages, secure)
  const answerProblem = createProblemAnswer(writePage)
  const answerOutcome = createOutcomeAnswer({
    ...{ cookies, writePage, answerProblem },
    writeUpload: createUploadWriter(deps.pages, secure),
  })
  const errors = createErrorPages(answerProblem, deps.log)

  const raw = createRawAnswers(deps)
  const app = fastify({
    ...serverOptions(deps),
    frameworkErrors: errors.onEarlyError,
    clientErrorHandler: answerRawError(deps.log, raw.answer),
  })
  app.addHook('onRequest', readForwardedAddresses)
  observeRequests(app, deps.observe)
  await app.register(fastifyCookie)
  acceptForms(app)
  app.addHook('onRequest', (_request, reply, next) => {
    reply.headers(SECURITY_HEADERS)
    next()
  })
  app.addHook('onRequest', refuseOddTargets)
  await refuseUnderPressure(app)
  app.addHook('onRequest', rememberLocale(secure))
  if (deps.settings.tenantHosts.length > 0) app.addHook('onRequest', sendHome(deps.settings))
  app.setErrorHandler(errors.onError)
  app.setNotFoundHandler(errors.onNotFound)
  const { onForeign, onTooMany, onWrongMethod } = errors
  const limits = await createLimits(app, deps.limits, deps.monotonic)
  const tools = { cookies, answerOutcome, limits, onForeign, onTooMany }
  const own = [...problemRoutes(writePage), ...assetRoutes(deps), checkRoute(deps)]
  const routes = [...connectRoutes(deps, tools), ...own]
  registerRoutes(app, routes, onWrongMethod)
  watchClients(app.server, deps.log)
  raw.listen(app.server)
  app.server.on('checkExpectation', (_request, response) => {
    response.writeHead(417, SECURITY_HEADERS).end()
  })
  return app
}

const serverOptions = ({ clock, random, settings: { trustProxy } }: PublicDeps) => ({
  logger: false as const,
  genReqId: () => requestIdAt(clock(), random),
  trustProxy: trustProxy.length > 0 ? [...trustProxy] : false,
  bodyLimit: LARGEST_BODY,
  ...SLOW_CLIENTS,
  // A HEAD must not take a step of the flow, such as using up a login's answer.
  exposeHeadRoutes: false,
  // What still comes while the service stops is served: a bare 503 would have neither page nor headers.
  return503OnClosing: false,
  routerOptions: { ignoreTrailingSlash: true },
})

const refuseOddTargets: onRequestHookHandler = (request, _reply, next) => {
  if (isReadAlike(request)) next()
  else next(Object.assign(new Error('The target can be read in two ways'), { statusCode: 400 }))
}

/** Forms are all that a browser posts here; every other type is refused. */
function acceptForms(app: FastifyInstance) {
  app.removeAllContentTypeParsers()
  const options = { parseAs: 'string' } as const
  app.addContentTypeParser('application/x-www-form-urlencoded', options, (_request, body, done) => {
    done(null, new URLSearchParams(body.toString()))
  })
}

/** Customers' own addresses: see `tenant-hosts.ts`. */
function sendHome({ tenantHosts, publicUrl }: PublicSettings): onRequestHookHandler {
  const redirectOf = tenantRedirect(tenantHosts, publicUrl)
  return (request, reply, next) => {
    const home = request.method === 'GET' ? redirectOf(request.hostname, rawQueryOf(request)) : null
    if (!home) {
      next()
      return
    }
    // That host is the customer's own: what its subdomains do is not ours to say.
    void reply.header('strict-transport-security', 'max-age=63072000').redirect(home.href, 303)
  }
}
