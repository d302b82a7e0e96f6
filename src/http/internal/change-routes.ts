import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { shownStanding } from '../../changes/standing.ts'
import { sendProblem } from '../problem.ts'
import type { InternalDeps } from './deps.ts'
import { PROBLEMS, whatIsWrong } from './problems.ts'
import { ChangesBody, type AcceptedAnswer, type StandingAnswer } from './schemas/changes.ts'

type OneConnection = FastifyRequest<{ Params: { account: string } }>

/** Bytes: a thousand rows with room to spare. */
const LARGEST = 4 * 1024 * 1024

/** Wrong rows that are named. */
const MOST_NAMED = 5

const REFUSALS = {
  unknown: PROBLEMS.unknownConnection,
  not_connected: PROBLEMS.notConnected,
  full: PROBLEMS.tooManyChanges,
} as const

/** What the CRM has changed after the first upload, and how far that has got. */
export function changeRoutes(app: FastifyInstance, { changes }: Pick<InternalDeps, 'changes'>) {
  app.post(
    '/v1/connections/:account/changes',
    { bodyLimit: LARGEST },
    async (request: OneConnection, reply) => {
      const body = ChangesBody.safeParse(request.body)
      if (!body.success) return sendProblem(reply, { ...PROBLEMS.badRequest, detail: firstWrong(body.error) })
      const { changes: asked } = body.data
      const accepted = await changes.accept(request.params.account, asked)
      if (accepted.kind !== 'accepted') return sendProblem(reply, REFUSALS[accepted.kind])
      const { waiting } = accepted
      return reply.code(202).send({ accepted: asked.length, waiting } satisfies AcceptedAnswer)
    },
  )

  app.get('/v1/connections/:account/changes', async (request: OneConnection, reply) => {
    const found = await changes.find(request.params.account)
    if (!found) return sendProblem(reply, PROBLEMS.unknownConnection)
    return shownStanding(found) satisfies StandingAnswer
  })
}

const firstWrong = ({ issues }: z.ZodError) => whatIsWrong(new z.ZodError(issues.slice(0, MOST_NAMED)))
