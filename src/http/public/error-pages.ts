import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { supportIdFor } from '../../shared/request-id.ts'
import { needsAnotherKey } from '../../crypto/sealer.ts'
import type { Logger } from '../../observability/logger.ts'
import { StoreUnavailable } from '../../store/errors.ts'
import type { Problem } from './pages/model.ts'
import type { AnswerProblem } from './problem-answer.ts'
import type { WrongMethod } from './register-routes.ts'
import { SECURITY_HEADERS } from './security-headers.ts'

const BY_CODE: Record<string, Problem> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_type',
  FST_UNDER_PRESSURE: 'overloaded',
}

/**
 * Pages for what never reaches the flow, and for what goes wrong inside it. The log gets the cause, the browser a page
 * with the support id that leads to it.
 */
export function createErrorPages(answerProblem: AnswerProblem, log: Logger) {
  const refuse = (problem: Problem) => (request: FastifyRequest, reply: FastifyReply) => {
    const fields = fieldsOf(request, problem)
    log.info({ event: 'http.refused', ...fields })
    return answerProblem(request, reply, fields)
  }

  /** `wait` in seconds. */
  function onTooMany(request: FastifyRequest, reply: FastifyReply, wait: number) {
    const problem = 'too_many_requests'
    const fields = fieldsOf(request, problem)
    log.info({ event: 'http.refused', ...fields })
    return answerProblem(request, reply, { ...fields, attemptId: attemptIn(request), retryAfter: wait })
  }

  function onError(error: FastifyError, request: FastifyRequest, reply: FastifyReply) {
    const problem = problemOf(error)
    const fields = fieldsOf(request, problem)
    const level = problem === 'internal' || problem === 'storage_unavailable' ? 'error' : 'info'
    log[level]({ event: 'http.error', ...fields, err: error })
    answerProblem(request, reply, { ...fields, attemptId: attemptIn(request) })
  }

  /** Before routing there are no hooks and no plugins, and nothing catches what this would throw. */
  function onEarlyError(error: FastifyError, request: FastifyRequest, reply: FastifyReply) {
    reply.headers(SECURITY_HEADERS)
    try {
      onError(error, request, reply)
    } catch (err) {
      log.error({ event: 'http.error_page_failed', err })
      reply.code(500).send('')
    }
  }

  const onWrongMethod: WrongMethod = (allow) => (request, reply) =>
    refuse('method_not_allowed')(request, reply.header('allow', allow))

  return {
    onError,
    onEarlyError,
    onTooMany,
    onWrongMethod,
    onNotFound: refuse('not_found'),
    onForeign: refuse('forbidden'),
  }
}

/**
 * The pattern of the route, never its address: that may carry a state or a code. The support id is the request's own: nothing
 * of it comes to an attempt, and what the address says of one is not proved.
 */
const fieldsOf = (request: FastifyRequest, problem: Problem) => ({
  method: request.method,
  route: request.routeOptions.url ?? null,
  supportId: supportIdFor(null, { requestId: request.id, problem }),
  problem,
})

function problemOf(error: FastifyError): Problem {
  if (error instanceof StoreUnavailable || needsAnotherKey(error)) return 'storage_unavailable'
  const known = BY_CODE[error.code]
  if (known) return known
  return error.statusCode !== undefined && error.statusCode < 500 ? 'bad_request' : 'internal'
}

const attemptIn = ({ params }: FastifyRequest) => (params as { id?: string } | null)?.id ?? null
