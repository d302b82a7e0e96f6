import type { FastifyRequest } from 'fastify'
import { readSupportId } from '../../shared/support-id.ts'
import { supportIdFor } from '../../shared/request-id.ts'
import { ATTEMPT_ID } from './attempt-cookies.ts'
import type { WritePage } from './page-writer.ts'
import type { Problem } from './pages/model.ts'
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
        return writePage(request, reply, { page: 'problem', problem, ...toldOf(request, problem) })
      reply.callNotFound()
      return reply
    },
  },
]

/** Anybody can write such a link, so what does not look as this service writes it is not shown. */
function toldOf(request: FastifyRequest, problem: Problem) {
  const query = new URLSearchParams(rawQueryOf(request))
  const [id, attempt] = [query.get('id') ?? '', query.get('attempt') ?? '']
  return {
    supportId: readSupportId(id) === id ? id : supportIdFor(null, { requestId: request.id, problem }),
    attemptId: ATTEMPT_ID.test(attempt) ? attempt : null,
  }
}
