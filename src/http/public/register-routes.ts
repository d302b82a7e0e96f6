import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** One line of a route table. */
export interface Route {
  method: 'GET' | 'POST'
  url: string
  handle: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> | FastifyReply
}

/** Answers a request whose path exists, but not with this method. `allow` is the value of the `Allow` header. */
export type WrongMethod = (allow: string) => Route['handle']

/** Registers a table of routes; every other method on one of its paths is a 405 that says which ones there are. */
export function registerRoutes(app: FastifyInstance, routes: readonly Route[], wrongMethod: WrongMethod) {
  for (const { method, url, handle } of routes) app.route({ method, url, handler: handle })
  for (const url of new Set(routes.map((route) => route.url))) {
    const allowed = routes.filter((route) => route.url === url).map(({ method }) => method)
    const others = app.supportedMethods.filter((method) => !allowed.some((one) => one === method))
    app.route({ method: others, url, handler: wrongMethod(allowed.join(', ')) })
  }
}
