import type { FastifyInstance } from 'fastify'
import type { Answer } from '../answer.ts'
import { deliver, spoil } from '../deliver.ts'
import { exchange } from '../exchange.ts'
import type { World } from '../world.ts'

// Never sent: a fault that processes nothing either brings an answer of its own or drops the request.
const unprocessed: Answer = { status: 503 }

/** `POST /v3/connect`: the exchange of a state for an apiKey, with the next scripted fault, if there is one. */
export function connectRoute(app: FastifyInstance, world: World) {
  app.post<{ Body: string | undefined }>('/v3/connect', async (request, reply) => {
    const fault = world.faults.shift()
    const usual = fault?.processed === false ? unprocessed : await exchange(world, request.body ?? '')
    if (!fault) return deliver(reply, usual)
    const { name, ending } = fault
    if (typeof ending === 'object' && 'status' in ending) {
      world.recorder.answered(request, { status: ending.status, fault: name })
      return deliver(reply, ending)
    }
    const silent = ending === 'hang' || ending === 'reset'
    world.recorder.answered(request, { status: silent ? null : usual.status, fault: name })
    spoil(reply, usual, ending)
    return reply
  })
}
