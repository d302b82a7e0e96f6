import type { FastifyInstance } from 'fastify'
import { withKey } from '../with-key.ts'
import type { World } from '../world.ts'

/** `GET /v3/channels`: a read that shows whether an apiKey is alive. */
export function channelsRoute(app: FastifyInstance, world: World) {
  withKey(app, world, { method: 'GET', path: '/v3/channels', handle: () => ({ status: 200, body: [] }) })
}
