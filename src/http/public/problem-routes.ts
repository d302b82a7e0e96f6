import type { FastifyRequest } from 'fastify'
import { SUPPORT_ID, supportIdOf } from '../../connect/support-id.ts'
import { ATTEMPT_ID } from './attempt-cookies.ts'
import type { WritePage } from './page-writer.ts'
import { rawQueryOf } from './raw-query.ts'
import type { Route } from './register-routes.ts'
import { isProblem } from './statuses.ts'

/** The page of a problem in another language (`pages/in-language.ts`). Asking for it is none, so it is a 200. */
export const problemRoutes = (writePage: WritePage): Route[] => [
  {
    method: 'GET',
    url: '/wauth/problems/:problem',
    handle(request, reply) {
      const { problem } = request.params as { problem: string }
      if (isProblem(problem))
        return writePage(request, reply, { page: 'problem', problem, ...toldOf(request) })
      reply.callNotFound()
      return reply
    },
  },
]

/** Anybody can write such a link, so what does not look as this service writes it is not shown. */
function toldOf(request: FastifyRequest) {
  const query = new URLSearchParams(rawQueryOf(request))
  const [id, attempt] = [query.get('id') ?? '', query.get('attempt') ?? '']
  return {
    supportId: SUPPORT_ID.test(id) ? id : supportIdOf(request.id),
    attemptId: ATTEMPT_ID.test(attempt) ? attempt : null,
  }
}
