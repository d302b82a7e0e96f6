import fastifyCookie from '@fastify/cookie'
import fastify, { type FastifyInstance, type onRequestHookHandler } from 'fastify'
import { assetRoutes } from './asset-routes.ts'
import { answerRawError } from './answer-raw-error.ts'
import { connectRoutes } from './connect-routes.ts'
import type { PublicDeps, PublicSettings } from './deps.ts'
import { createErrorPages } from './error-pages.ts'
import { rawQueryOf } from './raw-query.ts'
import { registerRoutes } from './routes.ts'
import { SECURITY_HEADERS } from './security-headers.ts'
import { tenantRedirect } from './tenant-hosts.ts'

/** Forms of ours are tiny; a hand-over token is at most 8 KiB. */
const LARGEST_BODY = 16 * 1024

/** Milliseconds that a request may take to arrive; Node's own default lets a slow one hold its socket for 5 minutes. */
const SLOWEST_REQUEST = 20_000

/** The listener that the internet sees: the install flow, and nothing else. Listens to nothing yet. */
export async function createPublicServer(deps: PublicDeps): Promise<FastifyInstance> {
  const { log, random, settings } = deps
  const errors = createErrorPages(deps)
  const app = fastify({
    logger: false,
    genReqId: () => random(16),
    trustProxy: settings.trustProxy.length > 0 ? [...settings.trustProxy] : false,
    bodyLimit: LARGEST_BODY,
    requestTimeout: SLOWEST_REQUEST,
    // A HEAD must not take a step of the flow, such as using up a login's answer.
    exposeHeadRoutes: false,
    routerOptions: { ignoreTrailingSlash: true },
    frameworkErrors: errors.onError,
    clientErrorHandler: answerRawError(log),
  })
  await app.register(fastifyCookie)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => {
      done(null, new URLSearchParams(body.toString()))
    },
  )
  app.addHook('onRequest', (_request, reply, next) => {
    reply.headers(SECURITY_HEADERS)
    next()
  })
  app.addHook('onRequest', sendHome(settings))
  app.setErrorHandler(errors.onError)
  app.setNotFoundHandler(errors.onNotFound)
  registerRoutes(app, [...connectRoutes(deps), ...assetRoutes(deps)], errors.onWrongMethod)
  return app
}

/** Customers' own addresses: see `tenant-hosts.ts`. */
function sendHome({ tenantHosts, publicUrl }: PublicSettings): onRequestHookHandler {
  const redirectOf = tenantRedirect(tenantHosts, publicUrl)
  return (request, reply, next) => {
    const home = request.method === 'GET' ? redirectOf(request.hostname, rawQueryOf(request)) : null
    if (home) void reply.redirect(home.href, 303)
    else next()
  }
}
