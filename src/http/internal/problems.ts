import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { needsAnotherKey } from '../../crypto/sealer.ts'
import type { Logger } from '../../observability/logger.ts'
import { StoreUnavailable } from '../../store/errors.ts'
import { sendProblem, type Problem } from '../problem.ts'

/** Seconds after which it makes sense to ask the store again. */
const TRY_AGAIN = 1

export const PROBLEMS = {
  notFound: { status: 404, code: 'not_found' },
  unknownCrmKey: { status: 404, code: 'unknown_crm_key' },
  unknownConnection: { status: 404, code: 'unknown_connection' },
  unknownSupportId: {
    status: 404,
    code: 'unknown_support_id',
    detail:
      'Compare it with the page. An attempt is kept for a day after its time is over, for an hour where no login has come to an end.',
  },
  unknownDelivery: { status: 404, code: 'unknown_delivery' },
  deliveryOver: {
    status: 409,
    code: 'delivery_over',
    detail: 'It is delivered or dropped already.',
  },
  positionUnknown: {
    status: 410,
    code: 'position_unknown',
    detail:
      'The database is a copy, or was restored since. List all connections, and go on from the position of that.',
  },
  noUpload: { status: 404, code: 'no_upload' },
  notConnected: {
    status: 409,
    code: 'not_connected',
    detail: 'The CRM account is disconnected, or Wazzup refuses its apiKey.',
  },
  stillConnected: {
    status: 409,
    code: 'still_connected',
    detail: 'The CRM account is connected, or an exchange may still connect it: disconnect it first.',
  },
  nothingToUpload: {
    status: 409,
    code: 'nothing_to_upload',
    detail: 'Set CRM_EXPORT_URL with CRM_EXPORT_TOKEN, or WEBHOOKS_URL.',
  },
  tooManyChanges: {
    status: 429,
    code: 'too_many_changes',
    detail: 'As many changes of this customer wait as may. `waitsFor` of GET …/changes says what for.',
    retryAfter: 10,
  },
  noApiKey: { status: 404, code: 'no_api_key' },
  badRequest: { status: 400, code: 'bad_request' },
  wrongType: { status: 415, code: 'bad_request', detail: 'Send Content-Type: application/json.' },
  doubledHeader: { status: 400, code: 'doubled_header' },
  callerUnknown: {
    status: 401,
    code: 'caller_unknown',
    detail: 'Send INTERNAL_TOKEN, or for a look-up LOOKUP_TOKEN, as the bearer token.',
  },
  noCrmKey: { status: 401, code: 'no_crm_key' },
  badCrmKey: { status: 401, code: 'unknown_crm_key', challenge: 'Bearer error="invalid_token"' },
  storageUnavailable: { status: 503, code: 'storage_unavailable', retryAfter: TRY_AGAIN },
  /** Another replica may have the key; `detail` names the one that is missing here. */
  sealUnknownKey: { status: 503, code: 'seal_unknown_key', retryAfter: TRY_AGAIN },
  overloaded: { status: 503, code: 'overloaded', retryAfter: TRY_AGAIN },
  internal: { status: 500, code: 'internal' },
} as const satisfies Record<string, Problem>

/** Which fields of a request are wrong, and how; never what was in them. */
export const whatIsWrong = ({ issues }: z.ZodError) =>
  issues
    .map(({ path, message }) => [...(path.length > 0 ? [path.join('.')] : []), message].join(': '))
    .join('; ')

/** Errors of the routes, by cause; what the caller gets has nothing of the request in it. */
export const answerError =
  (log: Logger) => (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    const problem = problemOf(error)
    if (problem.status >= 500) {
      log.error({
        event: 'internal.error',
        route: request.routeOptions.url ?? null,
        code: problem.code,
        err: error,
      })
    }
    return sendProblem(reply, problem)
  }

function problemOf(error: FastifyError): Problem {
  if (error instanceof StoreUnavailable) return PROBLEMS.storageUnavailable
  if (error.code === 'FST_UNDER_PRESSURE') return PROBLEMS.overloaded
  const { statusCode } = error
  if (statusCode === PROBLEMS.wrongType.status) return PROBLEMS.wrongType
  if (statusCode !== undefined && statusCode < 500) return { ...PROBLEMS.badRequest, status: statusCode }
  if (needsAnotherKey(error)) return { ...PROBLEMS.sealUnknownKey, detail: error.message }
  // A sealed value that does not open says which way it is broken; that is no secret, and an alert can key on it.
  return typeof error.code === 'string' && error.code.startsWith('seal_')
    ? { status: 500, code: error.code }
    : PROBLEMS.internal
}
