import type { FastifyInstance } from 'fastify'
import { deliver } from '../deliver.ts'
import type { World } from '../world.ts'

/** `GET /v3/channels`: a read that shows whether an apiKey is alive. */
export function channelsRoute(app: FastifyInstance, world: World) {
  app.get('/v3/channels', (request, reply) => {
    const apiKey = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
    // A partner's own key is the key of an account, too.
    const alive = apiKey === world.partnerApiKey || world.connections.withLivingKey(apiKey) !== undefined
    return deliver(reply, alive ? { status: 200, body: [] } : { status: 401 })
  })
}
