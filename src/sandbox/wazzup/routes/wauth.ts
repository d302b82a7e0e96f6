import type { FastifyInstance } from 'fastify'
import { deliver } from '../deliver.ts'
import { plainError } from '../error-shapes.ts'
import { readObject } from '../read-object.ts'
import { sendOff } from '../send-off.ts'
import type { World } from '../world.ts'

/** `POST /v3/wauth`: a partner plays a client who presses "Connect". */
export function wauthRoute(app: FastifyInstance, world: World) {
  app.post<{ Body: string | undefined }>('/v3/wauth', async (request, reply) => {
    if (request.headers.authorization !== `Bearer ${world.partnerApiKey}`)
      return deliver(reply, { status: 401 })
    const { type, domain } = readObject(request.body ?? '')
    const crmCode = typeof type === 'string' ? type : ''
    const target = await sendOff(world, { crmCode, typed: typeof domain === 'string' ? domain : '' })
    if (target.kind === 'refused') {
      return deliver(reply, plainError(400, { code: 'INVALID_PARAMETERS', description: target.why }))
    }
    if (world.switches.wauthAnswer === 'link')
      return deliver(reply, { status: 200, body: { data: target.address } })
    return reply.redirect(target.address, 302)
  })
}
