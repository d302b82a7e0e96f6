import type { FastifyInstance } from 'fastify'
import type { Answer } from '../answer.ts'
import { plainError } from '../error-shapes.ts'
import { wordsFor } from '../../pages/words.ts'
import { readObject } from '../read-object.ts'
import { sendOff } from '../send-off.ts'
import { withPartnerKey } from '../with-partner-key.ts'
import type { World } from '../world.ts'

/** `POST /v3/wauth`: a partner plays a client who presses "Connect". */
export function wauthRoute(app: FastifyInstance, world: World) {
  withPartnerKey(app, world, { method: 'POST', path: '/v3/wauth', handle: simulate })
}

async function simulate(world: World, body: string): Promise<Answer> {
  const { type, domain } = readObject(body)
  const crmCode = typeof type === 'string' ? type : ''
  const target = await sendOff(world, { crmCode, typed: typeof domain === 'string' ? domain : '' })
  if (target.kind === 'refused') {
    const description = wordsFor({ headers: {} }).say(target.why)
    return plainError(400, { code: 'INVALID_PARAMETERS', description })
  }
  return world.switches.wauthAnswer === 'link'
    ? { status: 200, body: { data: target.address } }
    : { status: 302, headers: { location: target.address } }
}
