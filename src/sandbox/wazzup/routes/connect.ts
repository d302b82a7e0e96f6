import type { FastifyInstance } from 'fastify'
import { answerWithFault } from '../answer-with-fault.ts'
import { exchange } from '../exchange.ts'
import type { World } from '../world.ts'

/** `POST /v3/connect`: the exchange of a state for an apiKey, with the next scripted fault, if there is one. */
export function connectRoute(app: FastifyInstance, world: World) {
  const faults = world.routeFaults.of('POST', '/v3/connect')
  app.post<{ Body: string | undefined }>('/v3/connect', (request, reply) =>
    answerWithFault(request, reply, {
      fault: faults.shift(),
      usual: () => exchange(world, request.body ?? ''),
      note: world.recorder.answered,
    }),
  )
}
