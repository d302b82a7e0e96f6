import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Delivery } from '../../store/port.ts'
import { sendProblem } from '../problem.ts'
import { pageOf } from './cursor.ts'
import type { InternalDeps } from './deps.ts'
import { PROBLEMS, whatIsWrong } from './problems.ts'
import {
  DeliveryListing,
  type DeliveriesAnswer,
  type DeliveryAnswer,
  type OneDeliveryAnswer,
} from './schemas/deliveries.ts'

type OneDelivery = FastifyRequest<{ Params: { id: string } }>

/** What is owed to the vendor's receiver of events: to see, to send once more, to drop. */
export function deliveryRoutes(app: FastifyInstance, { deliveries }: Pick<InternalDeps, 'deliveries'>) {
  app.get('/v1/deliveries', async (request, reply) => {
    const query = DeliveryListing.safeParse(request.query)
    if (!query.success)
      return sendProblem(reply, { ...PROBLEMS.badRequest, detail: whatIsWrong(query.error) })
    const { connection = null, status = null, limit, cursor = 0 } = query.data
    const found = await deliveries.list({ crmAccountId: connection, status, after: cursor, limit: limit + 1 })
    const { items, next } = pageOf(found, limit, ({ number }) => String(number))
    return { items: items.map(toAnswer), next } satisfies DeliveriesAnswer
  })

  app.get('/v1/deliveries/:id', (request: OneDelivery, reply) => answerOne(request.params.id, reply))

  const routes = { retry: deliveries.retry, drop: deliveries.drop }
  for (const [name, act] of Object.entries(routes)) {
    app.post(`/v1/deliveries/:id/${name}`, async (request: OneDelivery, reply) => {
      const { id } = request.params
      if (await act(id)) return answerOne(id, reply)
      const known = await deliveries.find(id)
      return sendProblem(reply, known ? PROBLEMS.deliveryOver : PROBLEMS.unknownDelivery)
    })
  }

  async function answerOne(id: string, reply: FastifyReply) {
    const found = await deliveries.find(id)
    if (!found) return sendProblem(reply, PROBLEMS.unknownDelivery)
    const text = found.body()
    const body = text === null ? null : (JSON.parse(text) as Record<string, unknown>)
    return reply.send({ ...toAnswer(found), body } satisfies OneDeliveryAnswer)
  }
}

const toAnswer = ({ id, connectionId, crmAccountId, sequence, type, ...rest }: Delivery): DeliveryAnswer => ({
  ...{ id, connectionId, crmAccountId, sequence, type },
  ...{ status: rest.status, tries: rest.tries, reason: rest.reason },
  createdAt: rest.createdAt.toISOString(),
  dueAt: rest.dueAt?.toISOString() ?? null,
  endedAt: rest.endedAt?.toISOString() ?? null,
})
