import type { FastifyInstance } from 'fastify'
import { setWebhooks, webhooksOf } from '../webhooks/address.ts'
import { withKey } from '../with-key.ts'
import type { World } from '../world.ts'

/** `GET` and `PATCH /v3/webhooks`: where webhooks go, and which. */
export function webhooksRoutes(app: FastifyInstance, world: World) {
  const path = '/v3/webhooks'
  withKey(app, world, { method: 'GET', path, handle: ({ account }) => webhooksOf(world, account) })
  withKey(app, world, {
    ...{ method: 'PATCH', path },
    handle: ({ account, body }) => setWebhooks(world, account, body),
  })
}
