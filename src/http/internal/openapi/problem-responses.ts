import { STATUS_CODES } from 'node:http'
import { z } from 'zod'
import type { ZodOpenApiResponseObject, ZodOpenApiResponsesObject } from 'zod-openapi'
import { SEAL_CODES } from '../../../crypto/sealer.ts'
import type { Problem } from '../../problem.ts'
import { TOO_MANY_FAILURES } from '../failed-attempts.ts'
import { PROBLEMS } from '../problems.ts'
import { ProblemAnswer } from '../schemas/problem.ts'
import { AskAgain } from './responses.ts'

/** What every route under `/v1` may answer, by its name in the document. */
const ALWAYS: Readonly<Record<string, readonly [Problem, ...Problem[]]>> = {
  DoubledHeader: [PROBLEMS.doubledHeader],
  CallerUnknown: [PROBLEMS.callerUnknown],
  TooManyFailures: [TOO_MANY_FAILURES],
  InternalError: [PROBLEMS.internal],
  NotNow: [PROBLEMS.storageUnavailable, PROBLEMS.overloaded],
}

/** What every route with a body may answer; see `problemOf`. */
export const BODY_PROBLEMS: readonly Problem[] = [{ ...PROBLEMS.badRequest, status: 413 }, PROBLEMS.wrongType]

/** What every route that opens a sealed value may answer. */
export const SEAL_PROBLEMS: readonly Problem[] = SEAL_CODES.map((code) =>
  code === PROBLEMS.sealUnknownKey.code ? PROBLEMS.sealUnknownKey : { status: 500, code },
)

/** What comes with some statuses; see `sendProblem`. */
const HEADERS: Partial<Record<number, z.ZodObject>> = {
  401: z.object({ 'WWW-Authenticate': z.string().regex(/^Bearer/) }),
  429: AskAgain,
  503: AskAgain,
}

const SHARED: ZodOpenApiResponsesObject = Object.fromEntries(
  Object.entries(ALWAYS).map(([id, problems]) => {
    const [{ status }] = problems
    return [String(status), { id, ...responseOf(status, problems) }]
  }),
)

/** The refusals of a route under `/v1`: its own, and those of all; one response per status, with every code of it. */
export function problemResponses(...own: readonly Problem[]): ZodOpenApiResponsesObject {
  const responses = [...Map.groupBy(own, ({ status }) => status)].map(([status, problems]) => {
    const always = Object.values(ALWAYS)
      .flat()
      .filter((problem) => problem.status === status)
    return [String(status), responseOf(status, [...always, ...problems])] as const
  })
  return { ...SHARED, ...Object.fromEntries(responses) }
}

function responseOf(status: number, problems: readonly Problem[]): ZodOpenApiResponseObject {
  const codes = problems.map(({ code }) => code)
  const schema = ProblemAnswer.and(z.looseObject({ status: z.literal(status), code: z.enum(codes) }))
  const headers = HEADERS[status]
  return {
    description: codes.map((code) => `\`${code}\``).join(', '),
    ...(headers && { headers }),
    content: { 'application/problem+json': { schema, examples: examplesOf(problems) } },
  }
}

function examplesOf(problems: readonly Problem[]) {
  const examples = problems.map(({ status, code, detail }) => {
    const value = { title: STATUS_CODES[status], status, code, ...(detail !== undefined && { detail }) }
    return [code, { value }]
  })
  return Object.fromEntries(examples) as Record<string, { value: object }>
}
