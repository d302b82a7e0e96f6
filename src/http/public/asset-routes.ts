import type { PublicDeps } from './deps.ts'
import type { Route } from './routes.ts'
import { assets } from './assets/assets.ts'

/** The stylesheet, the script and the CRM's logo: everything that a page loads comes from here. */
export function assetRoutes({ logo }: Pick<PublicDeps, 'logo'>): Route[] {
  const all = logo ? [...assets, { path: '/wauth/logo', ...logo }] : assets
  return all.map(({ path, type, body }) => ({
    method: 'GET',
    url: path,
    handle: (_request, reply) => reply.type(type).send(body),
  }))
}
