import type { FastifyInstance } from 'fastify'
import type { Installs } from '../../store/port.ts'
import { sendProblem } from '../problem.ts'
import { actorOf } from './actor-of.ts'
import type { InternalDeps } from './deps.ts'
import { PROBLEMS, whatIsWrong } from './problems.ts'
import { InstallsChange, type InstallsAnswer } from './schemas/installs.ts'

/** The kill switch: whether new customers may connect. */
export function installsRoutes(app: FastifyInstance, { installs }: Pick<InternalDeps, 'installs'>) {
  app.get('/v1/installs', async () => toAnswer(await installs.read()))

  app.put('/v1/installs', async (request, reply) => {
    const change = InstallsChange.safeParse(request.body)
    if (!change.success)
      return sendProblem(reply, { ...PROBLEMS.badRequest, detail: whatIsWrong(change.error) })
    const reason = change.data.paused ? change.data.reason : null
    return toAnswer(await installs.set(reason, actorOf(request)))
  })
}

const toAnswer = ({ changedAt, ...installs }: Installs): InstallsAnswer => ({
  ...installs,
  changedAt: changedAt?.toISOString() ?? null,
})
