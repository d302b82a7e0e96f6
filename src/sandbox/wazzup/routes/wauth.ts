import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Answer } from '../answer.ts'
import { answerWithFault } from '../answer-with-fault.ts'
import { plainError } from '../error-shapes.ts'
import { readObject } from '../read-object.ts'
import { sendOff } from '../send-off.ts'
import type { World } from '../world.ts'

/** `POST /v3/wauth`: a partner plays a client who presses "Connect". */
export function wauthRoute(app: FastifyInstance, world: World) {
  app.post<{ Body: string | undefined }>('/v3/wauth', (request, reply) =>
    answerWithFault(request, reply, {
      fault: world.routeFaults.on('POST', '/v3/wauth').shift(),
      usual: () => simulate(world, request),
      note: world.recorder.answered,
    }),
  )
}

async function simulate(
  world: World,
  { headers, body }: FastifyRequest<{ Body: string | undefined }>,
): Promise<Answer> {
  if (headers.authorization !== `Bearer ${world.partnerApiKey}`) return { status: 401 }
  const { type, domain } = readObject(body ?? '')
  const crmCode = typeof type === 'string' ? type : ''
  const target = await sendOff(world, { crmCode, typed: typeof domain === 'string' ? domain : '' })
  if (target.kind === 'refused')
    return plainError(400, { code: 'INVALID_PARAMETERS', description: target.why })
  return world.switches.wauthAnswer === 'link'
    ? { status: 200, body: { data: target.address } }
    : { status: 302, headers: { location: target.address } }
}
