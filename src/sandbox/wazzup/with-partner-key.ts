import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Answer } from './answer.ts'
import { answerWithFault } from './answer-with-fault.ts'
import type { World } from './world.ts'

export interface PartnerRoute {
  method: 'POST' | 'PATCH'
  path: string
  handle: (world: World, body: string) => Answer | Promise<Answer>
}

/** Adds a route for the partner's own apiKey. Faults scripted for it come first. */
export function withPartnerKey(app: FastifyInstance, world: World, { method, path, handle }: PartnerRoute) {
  const usual = ({ headers, body }: FastifyRequest) =>
    headers.authorization === `Bearer ${world.partnerApiKey}`
      ? handle(world, typeof body === 'string' ? body : '')
      : { status: 401 }
  const faults = world.routeFaults.of(method, path)
  app.route({
    ...{ method, url: path },
    handler: (request, reply) =>
      answerWithFault(request, reply, {
        fault: faults.shift(),
        usual: () => usual(request),
        note: world.recorder.answered,
      }),
  })
}
