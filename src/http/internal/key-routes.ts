import { validateHeaderValue, type IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { ResolvedKey } from '../../store/port.ts'
import { bearerIn } from '../../shared/bearer.ts'
import { sendProblem } from '../problem.ts'
import type { InternalDeps } from './deps.ts'
import type { AnswerFailure } from './failed-attempts.ts'
import { PROBLEMS } from './problems.ts'
import { LookupBody, type FoundKey } from './schemas/keys.ts'
import type { ShortRoute } from './short-route.ts'
import { bodyReadBefore, foundBefore } from './short-way.ts'

const [LOOK_UP, AUTHENTICATE] = ['/v1/keys/lookup', '/v1/keys/authenticate'] as const

const crmBearerIn = (request: IncomingMessage) => bearerIn(request, 'x-crm-authorization')

/** What a webhook handler asks: whose is this crmKey, and with which apiKey do I answer? */
export function keyRoutes(
  app: FastifyInstance,
  { lookup }: Pick<InternalDeps, 'lookup'>,
  fail: AnswerFailure,
) {
  app.post(LOOK_UP, { preParsing: bodyReadBefore }, async (request, reply) => {
    const body = LookupBody.safeParse(request.body)
    if (!body.success) {
      return sendProblem(reply, { ...PROBLEMS.badRequest, detail: 'Send {"crmKey": "…"} as JSON.' })
    }
    const key = await (foundBefore(request.raw) ?? lookup(body.data.crmKey))
    return key ? reply.send(toAnswer(key)) : fail(request, reply, PROBLEMS.unknownCrmKey)
  })

  // For reverse proxies that ask before they pass a request on; theirs is only the status and the headers.
  app.get(AUTHENTICATE, async (request, reply) => {
    const bearer = crmBearerIn(request.raw)
    if (bearer.kind === 'doubled') return sendProblem(reply, PROBLEMS.doubledHeader)
    if (bearer.kind === 'none') return fail(request, reply, PROBLEMS.noCrmKey)
    const key = await (foundBefore(request.raw) ?? lookup(bearer.token))
    return key ? reply.headers(namesOf(key)).send() : fail(request, reply, PROBLEMS.badCrmKey)
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

/**
 * An account id may have letters that a header cannot carry, so it is percent-encoded; plain ones stay as they are.
 * @throws TypeError for an apiKey that cannot stand in a header
 */
function namesOf(key: ResolvedKey): Record<string, string> {
  const { connectionId, crmAccountId, wazzupAccountId, keyStatus } = key
  const apiKey = key.apiKey()
  if (apiKey !== null) validateHeaderValue('x-wazzup-api-key', apiKey)
  return {
    'x-connection-id': connectionId,
    'x-crm-account-id': encodeURIComponent(crmAccountId),
    ...(wazzupAccountId !== null && { 'x-wazzup-account-id': encodeURIComponent(wazzupAccountId) }),
    'x-key-status': keyStatus,
    ...(apiKey !== null && { 'x-wazzup-api-key': apiKey }),
  }
}

/** The question as programs write it, with a key as they are made. Whatever else JSON can be is read as JSON. */
const PLAIN_QUESTION = /^[ \t\r\n]*\{[ \t\r\n]*"crmKey"[ \t\r\n]*:[ \t\r\n]*"([\w-]+)"[ \t\r\n]*\}[ \t\r\n]*$/

function plainKeyIn(body: Buffer): string | null {
  const text = body.toString('latin1')
  const crmKey = PLAIN_QUESTION.exec(text)?.[1]
  if (crmKey === undefined) return null
  // A text of its own: a part of another one takes several times as long to be looked for.
  const at = text.indexOf(crmKey)
  return body.toString('latin1', at, at + crmKey.length)
}

/** The same two for the short way. */
export const SHORT_ROUTES: readonly ShortRoute[] = [
  {
    ...{ method: 'POST', url: LOOK_UP },
    crmKeyIn: (_request, body) => body && plainKeyIn(body),
    answer: (key) => ({
      headers: ['content-type', 'application/json; charset=utf-8'],
      body: JSON.stringify(toAnswer(key)),
    }),
  },
  {
    ...{ method: 'GET', url: AUTHENTICATE },
    crmKeyIn(request) {
      const bearer = crmBearerIn(request)
      return bearer.kind === 'token' ? bearer.token : null
    },
    answer: (key) => ({ headers: Object.entries(namesOf(key)).flat(), body: '' }),
  },
]
