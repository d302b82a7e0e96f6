import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Actor, Connection } from '../../store/port.ts'
import { sendProblem } from '../problem.ts'
import { cursorOf, readCursor } from './cursor.ts'
import type { InternalDeps } from './deps.ts'
import { PROBLEMS } from './problems.ts'

const Listing = z.object({
  status: z.enum(['connected', 'invalid', 'disconnected']).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().transform(readCursor).optional(),
})

type OneConnection = FastifyRequest<{ Params: { account: string } }>

/** The vendor's view of its customers. No key is in it but where one is asked for by name. */
export function connectionRoutes(app: FastifyInstance, { connections }: Pick<InternalDeps, 'connections'>) {
  app.get('/v1/connections', async (request, reply) => {
    const query = Listing.safeParse(request.query)
    if (!query.success)
      return sendProblem(reply, { ...PROBLEMS.badRequest, detail: whatIsWrong(query.error) })
    const { status = null, limit, cursor = null } = query.data
    const found = await connections.list({ status, after: cursor, limit: limit + 1 })
    const items = found.slice(0, limit)
    const last = found.length > limit ? items.at(-1) : undefined
    return { items: items.map(toAnswer), next: last ? cursorOf(last.crmAccountId) : null }
  })

  app.get('/v1/connections/:account', async (request: OneConnection, reply) => {
    const connection = await connections.find(request.params.account)
    return connection ? toAnswer(connection) : sendProblem(reply, PROBLEMS.unknownConnection)
  })

  app.get('/v1/connections/:account/api-key', async (request: OneConnection, reply) => {
    const apiKey = await connections.readApiKey(request.params.account, actorOf(request))
    if (apiKey === null) return sendProblem(reply, PROBLEMS.noApiKey)
    return reply.header('cache-control', 'no-store').send({ apiKey })
  })

  app.delete('/v1/connections/:account', async (request: OneConnection, reply) => {
    const ended = await connections.disconnect(request.params.account, actorOf(request))
    return ended.kind === 'unknown'
      ? sendProblem(reply, PROBLEMS.unknownConnection)
      : answerEnded(reply, ended)
  })
}

/** Ending twice is as good as once. */
const answerEnded = (reply: FastifyReply, ended: { kind: string; subscriptions?: string }) =>
  reply.send({ status: 'disconnected', subscriptions: ended.subscriptions ?? null })

const toAnswer = (connection: Connection) => ({
  connectionId: connection.id,
  crmAccountId: connection.crmAccountId,
  crmAccountName: connection.crmAccountName,
  wazzupAccountId: connection.wazzupAccountId,
  status: connection.status,
  generation: connection.generation,
  connectedAt: connection.connectedAt,
  invalidSince: connection.invalidSince,
  disconnectedAt: connection.disconnectedAt,
  warning: connection.warning,
})

/** Who holds the token is the vendor's own system; it may say for whom it asks. */
function actorOf(request: FastifyRequest): Actor {
  const name = request.headers['x-operator']
  const userName = typeof name === 'string' && /^[\x20-\x7e]{1,100}$/.test(name) ? name : 'internal API'
  return { userId: 'operator', userName, address: request.ip }
}

const whatIsWrong = ({ issues }: z.ZodError) =>
  issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
