import type { FastifyInstance, FastifyRequest } from 'fastify'
import { progressOf } from '../../upload/progress.ts'
import { sendProblem } from '../problem.ts'
import type { InternalDeps } from './deps.ts'
import { PROBLEMS } from './problems.ts'
import { StartBody, type ProgressAnswer, type StartedAnswer } from './schemas/uploads.ts'

type OneConnection = FastifyRequest<{ Params: { account: string } }>

const REFUSALS = {
  unknown: PROBLEMS.unknownConnection,
  not_connected: PROBLEMS.notConnected,
  nothing_to_do: PROBLEMS.nothingToUpload,
} as const

/** An upload that is run again, and how far it has got. */
export function uploadRoutes(app: FastifyInstance, { uploads }: Pick<InternalDeps, 'uploads'>) {
  app.post('/v1/connections/:account/upload', async (request: OneConnection, reply) => {
    const body = StartBody.safeParse(request.body)
    if (!body.success) return sendProblem(reply, PROBLEMS.badRequest)
    const webhooksOnly = body.data?.webhooksOnly ?? false
    const started = await uploads.start(request.params.account, { webhooksOnly })
    if (started.kind !== 'started') return sendProblem(reply, REFUSALS[started.kind])
    return reply.code(202).send({ status: 'waiting' } satisfies StartedAnswer)
  })

  app.get('/v1/connections/:account/upload', async (request: OneConnection, reply) => {
    const upload = await uploads.find(request.params.account)
    if (!upload) return sendProblem(reply, PROBLEMS.noUpload)
    return progressOf(upload) satisfies ProgressAnswer
  })
}
