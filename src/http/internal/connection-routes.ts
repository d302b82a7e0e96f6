import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Connection } from '../../store/port.ts'
import { sendProblem } from '../problem.ts'
import { actorOf } from './actor-of.ts'
import type { InternalDeps } from './deps.ts'
import { changesIn, listOf } from './connection-pages.ts'
import { PROBLEMS, whatIsWrong } from './problems.ts'
import { positionOf } from './schemas/changed-since.ts'
import {
  Listing,
  type ApiKeyAnswer,
  type ConnectionAnswer,
  type ConnectionsAnswer,
  type DisconnectedAnswer,
  type ErasedAnswer,
} from './schemas/connections.ts'

type OneConnection = FastifyRequest<{ Params: { account: string } }>

/** The vendor's view of its customers. No key is in it but where one is asked for by name. */
export function connectionRoutes(app: FastifyInstance, { connections }: Pick<InternalDeps, 'connections'>) {
  app.get('/v1/connections', async (request, reply) => {
    const query = Listing.safeParse(request.query)
    if (!query.success)
      return sendProblem(reply, { ...PROBLEMS.badRequest, detail: whatIsWrong(query.error) })
    const { changedSince, ...page } = query.data
    const found = await (changedSince
      ? changesIn(connections, changedSince, page)
      : listOf(connections, page))
    if (!found) return sendProblem(reply, PROBLEMS.positionUnknown)
    const { items, next, position } = found
    const here = positionOf(position)
    return { items: items.map(toAnswer), next, position: here } satisfies ConnectionsAnswer
  })

  app.get('/v1/connections/:account', async (request: OneConnection, reply) => {
    const connection = await connections.find(request.params.account)
    return connection ? toAnswer(connection) : sendProblem(reply, PROBLEMS.unknownConnection)
  })

  app.get('/v1/connections/:account/api-key', async (request: OneConnection, reply) => {
    const apiKey = await connections.readApiKey(request.params.account, actorOf(request))
    if (apiKey === null) return sendProblem(reply, PROBLEMS.noApiKey)
    return reply.send({ apiKey } satisfies ApiKeyAnswer)
  })

  app.delete('/v1/connections/:account', async (request: OneConnection, reply) => {
    const ended = await connections.disconnect(request.params.account, actorOf(request))
    return ended.kind === 'unknown'
      ? sendProblem(reply, PROBLEMS.unknownConnection)
      : answerEnded(reply, ended)
  })

  app.post('/v1/connections/:account/erase', async (request: OneConnection, reply) => {
    const erased = await connections.erase(request.params.account, actorOf(request))
    if (erased.kind === 'unknown') return sendProblem(reply, PROBLEMS.unknownConnection)
    if (erased.kind === 'not_ended') return sendProblem(reply, PROBLEMS.stillConnected)
    const { rows, remains } = erased
    return { status: 'erased', rows, remains } satisfies ErasedAnswer
  })
}

/** Ending twice is as good as once. */
function answerEnded(
  reply: FastifyReply,
  ended: { kind: string; subscriptions?: DisconnectedAnswer['subscriptions'] },
) {
  const subscriptions = ended.subscriptions ?? null
  return reply.send({ status: 'disconnected', subscriptions } satisfies DisconnectedAnswer)
}

const toAnswer = (connection: Connection): ConnectionAnswer => ({
  connectionId: connection.id,
  crmAccountId: connection.crmAccountId,
  crmAccountName: connection.crmAccountName,
  wazzupAccountId: connection.wazzupAccountId,
  status: connection.status,
  generation: connection.generation,
  connectedAt: connection.connectedAt.toISOString(),
  invalidSince: connection.invalidSince?.toISOString() ?? null,
  disconnectedAt: connection.disconnectedAt?.toISOString() ?? null,
  warning: connection.warning,
})
