import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { SupportReport } from '../../support/report.ts'
import { sendProblem } from '../problem.ts'
import type { InternalDeps } from './deps.ts'
import { PROBLEMS } from './problems.ts'
import type { SupportAnswer } from './schemas/support.ts'

/** What happened under the support id of a page. */
export function supportRoutes(app: FastifyInstance, { support }: Pick<InternalDeps, 'support'>) {
  app.get(
    '/v1/support/:supportId',
    async (request: FastifyRequest<{ Params: { supportId: string } }>, reply) => {
      const report = await support(request.params.supportId)
      return report ? toAnswer(report) : sendProblem(reply, PROBLEMS.unknownSupportId)
    },
  )
}

const toAnswer = ({ steps, keptUntil, ...report }: SupportReport): SupportAnswer => ({
  ...report,
  steps: steps.map(({ at, step, code }) => ({ at: at.toISOString(), step, code })),
  keptUntil: keptUntil?.toISOString() ?? null,
})
