import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { StoreUnavailable } from '../../store/errors.ts'
import { supportIdOf } from '../../connect/support-id.ts'
import { createPageWriter } from './page-writer.ts'
import type { Problem } from './pages/model.ts'
import { createProblemAnswer } from './problem-answer.ts'
import type { WrongMethod } from './routes.ts'
import { SECURITY_HEADERS } from './security-headers.ts'
import type { PublicDeps } from './deps.ts'

const BY_CODE: Record<string, Problem> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_type',
}

/** Pages for what never reaches the flow, and for what goes wrong inside it. */
export function createErrorPages(deps: Pick<PublicDeps, 'pages' | 'settings' | 'log'>) {
  const answerProblem = createProblemAnswer(createPageWriter(deps.pages, deps.settings.publicUrl))

  /** The log gets the cause, the browser gets a page and a support id that leads to it. */
  function onError(error: FastifyError, request: FastifyRequest, reply: FastifyReply) {
    const problem = problemOf(error)
    const route = request.routeOptions.url ?? null
    const fields = { event: 'http.error', route, supportId: supportIdOf(request.id), problem, err: error }
    if (problem === 'internal' || problem === 'storage_unavailable') deps.log.error(fields)
    else deps.log.info(fields)
    // Errors before the first hook come here too.
    reply.headers(SECURITY_HEADERS)
    answerProblem(request, reply, { problem, attemptId: attemptOf(request) })
  }

  const onNotFound = (request: FastifyRequest, reply: FastifyReply) =>
    answerProblem(request, reply, { problem: 'not_found' })

  const onWrongMethod: WrongMethod = (allow) => (request, reply) =>
    answerProblem(request, reply.header('allow', allow), { problem: 'method_not_allowed' })

  return { onError, onNotFound, onWrongMethod }
}

function problemOf(error: FastifyError): Problem {
  if (error instanceof StoreUnavailable) return 'storage_unavailable'
  const known = BY_CODE[error.code]
  if (known) return known
  return error.statusCode !== undefined && error.statusCode < 500 ? 'bad_request' : 'internal'
}

const attemptOf = (request: FastifyRequest) => (request.params as { id?: string } | null)?.id ?? null
