import { METHODS } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'

/** One line of a route table. */
export interface Route {
  method: 'GET' | 'POST'
  url: string
  handle: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> | FastifyReply
  /** By another method nothing is found there: nobody learns that the path exists. */
  hidden?: boolean
}

/** Answers a request whose path exists, but not with this method. `allow` is the value of the `Allow` header. */
export type WrongMethod = (allow: string) => Route['handle']

/** Registers a table of routes; every other method on a path that is not hidden is a 405 that says which ones there are. */
export function registerRoutes(app: FastifyInstance, routes: readonly Route[], wrongMethod: WrongMethod) {
  const methods = METHODS.filter((method) => method !== 'CONNECT')
  for (const method of methods) if (!app.supportedMethods.includes(method)) app.addHttpMethod(method)
  for (const { method, url, handle } of routes) app.route({ method, url, handler: handle })
  for (const url of new Set(routes.filter(({ hidden }) => !hidden).map((route) => route.url))) {
    const allowed = routes.filter((route) => route.url === url).map(({ method }) => method)
    const others = methods.filter((method) => !allowed.some((one) => one === method))
    const refuse = wrongMethod(allowed.join(', '))
    // In a hook, so that the method is judged before the body.
    const onRequest: onRequestHookHandler = (request, reply) => {
      void refuse(request, reply)
    }
    app.route({ method: others, url, onRequest, handler: refuse })
  }
}
