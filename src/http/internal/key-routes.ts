import type { FastifyInstance, FastifyReply } from 'fastify'
import type { ResolvedKey } from '../../store/port.ts'
import { bearerIn } from '../../shared/bearer.ts'
import { sendProblem } from '../problem.ts'
import type { InternalDeps } from './deps.ts'
import type { AnswerFailure } from './failed-attempts.ts'
import { PROBLEMS } from './problems.ts'
import { LookupBody, type FoundKey } from './schemas/keys.ts'

/** What a webhook handler asks: whose is this crmKey, and with which apiKey do I answer? */
export function keyRoutes(
  app: FastifyInstance,
  { lookup }: Pick<InternalDeps, 'lookup'>,
  fail: AnswerFailure,
) {
  app.post('/v1/keys/lookup', async (request, reply) => {
    const body = LookupBody.safeParse(request.body)
    if (!body.success) {
      return sendProblem(reply, { ...PROBLEMS.badRequest, detail: 'Send {"crmKey": "…"} as JSON.' })
    }
    const key = await lookup(body.data.crmKey)
    return key ? reply.send(toAnswer(key)) : fail(request, reply, PROBLEMS.unknownCrmKey)
  })

  // For reverse proxies that ask before they pass a request on; theirs is only the status and the headers.
  app.get('/v1/keys/authenticate', async (request, reply) => {
    const bearer = bearerIn(request.raw, 'x-crm-authorization')
    if (bearer.kind === 'doubled') return sendProblem(reply, PROBLEMS.doubledHeader)
    if (bearer.kind === 'none') return fail(request, reply, PROBLEMS.noCrmKey)
    const key = await lookup(bearer.token)
    return key ? nameConnection(reply, key).send() : fail(request, reply, PROBLEMS.badCrmKey)
  })
}

const toAnswer = (key: ResolvedKey): FoundKey => ({
  connectionId: key.connectionId,
  crmAccountId: key.crmAccountId,
  crmAccountName: key.crmAccountName,
  wazzupAccountId: key.wazzupAccountId,
  apiKey: key.apiKey(),
  generation: key.generation,
  keyStatus: key.keyStatus,
})

/** An account id may have letters that a header cannot carry, so it is percent-encoded; plain ones stay as they are. */
function nameConnection(reply: FastifyReply, key: ResolvedKey): FastifyReply {
  const { connectionId, crmAccountId, wazzupAccountId, keyStatus } = key
  const apiKey = key.apiKey()
  reply.header('x-connection-id', connectionId)
  reply.header('x-crm-account-id', encodeURIComponent(crmAccountId))
  if (wazzupAccountId !== null) reply.header('x-wazzup-account-id', encodeURIComponent(wazzupAccountId))
  reply.header('x-key-status', keyStatus)
  return apiKey === null ? reply : reply.header('x-wazzup-api-key', apiKey)
}
