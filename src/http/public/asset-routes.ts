import { assets } from './assets/assets.ts'
import type { PublicDeps } from './deps.ts'
import type { Route } from './register-routes.ts'

/** The stylesheet, the script and the CRM's logo: everything that a page loads comes from here. */
export const assetRoutes = ({ logo }: Pick<PublicDeps, 'logo'>): Route[] => [
  ...assets.map(({ path, type, body }): Route => ({
    method: 'GET',
    url: path,
    handle: (_request, reply) => reply.type(type).send(body),
  })),
  {
    method: 'GET',
    url: '/wauth/logo',
    handle(_request, reply) {
      const found = logo()
      if (found) return reply.type(found.type).send(found.body)
      reply.callNotFound()
      return reply
    },
  },
]
