import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Row } from '../../connect/flow.ts'
import { refuse, type Outcome } from '../../connect/outcome.ts'
import type { Request } from '../../connect/visit.ts'
import type { BrowserAnswer } from '../../login/port.ts'
import type { AttemptCookies } from './attempt-cookies.ts'
import type { PublicDeps } from './deps.ts'
import type { Limits } from './limits.ts'
import { isNavigation } from './navigation.ts'
import type { AnswerOutcome } from './outcome-answer.ts'
import { rawQueryOf } from './raw-query.ts'
import type { Route } from './register-routes.ts'
import { isSameOrigin } from './same-origin.ts'

interface Line {
  method: Route['method']
  url: string
  row: Row
  /** `navigation`: only when somebody goes there. `form`: only from one of our own pages. */
  by?: 'navigation' | 'form'
}

/** Which request takes which row of the connect flow. */
const TABLE: readonly Line[] = [
  { method: 'GET', url: '/wauth', row: 'arrive', by: 'navigation' },
  { method: 'GET', url: '/wauth/attempts/:id', row: 'attempt' },
  { method: 'GET', url: '/wauth/callback', row: 'callback' },
  { method: 'POST', url: '/wauth/callback', row: 'park' },
  { method: 'GET', url: '/wauth/attempts/:id/confirm', row: 'review' },
  { method: 'POST', url: '/wauth/attempts/:id/confirm', row: 'confirm', by: 'form' },
  { method: 'POST', url: '/wauth/attempts/:id/cancel', row: 'cancel', by: 'form' },
  { method: 'GET', url: '/wauth/attempts/:id/result', row: 'result' },
]

export interface ConnectRouteTools {
  cookies: AttemptCookies
  answerOutcome: AnswerOutcome
  limits: Limits
  onTooMany: (request: FastifyRequest, reply: FastifyReply, wait: number) => FastifyReply
  onForeign: Route['handle']
}

export function connectRoutes({ run, settings }: PublicDeps, tools: ConnectRouteTools): Route[] {
  const { cookies, answerOutcome, limits, onTooMany, onForeign } = tools
  return TABLE.map(({ method, url, row: usual, by }) => ({
    method,
    url,
    async handle(request: FastifyRequest, reply: FastifyReply) {
      const isForeign = by === 'form' && !isSameOrigin(request.headers, settings.publicUrl)
      const isAside = by === 'navigation' && !isNavigation(request.headers)
      const row = isForeign ? 'strayed' : usual
      const visit = readRequest(request, cookies.read(request.cookies))
      const early = isAside ? null : await limits.before(row, { request, visit })
      if (early !== null) return onTooMany(request, reply, early)
      const outcome = isAside ? FOREIGN : asForeign(row, await run(row, visit))
      const late = await limits.after(request, outcome)
      if (late !== null) return onTooMany(request, reply, late)
      return outcome === FOREIGN ? onForeign(request, reply) : answerOutcome(request, reply, outcome)
    },
  }))
}

const FOREIGN = refuse('forbidden')

/** Of a foreign form nobody is told whether there is such an attempt. */
const asForeign = (row: Row, outcome: Outcome) =>
  row === 'strayed' && outcome.kind === 'refused' ? FOREIGN : outcome

/** The request, free of the web framework. */
function readRequest(request: FastifyRequest, browser: Map<string, string>): Request {
  const rawQuery = rawQueryOf(request)
  const query = new URLSearchParams(rawQuery)
  const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams()
  const { id } = request.params as { id?: string }
  const [formToken, ...more] = form.getAll('csrf')
  return {
    attemptId: id ?? null,
    browser,
    rawQuery,
    answer: answerOf(request, request.method === 'POST' ? form : query),
    formToken: more.length === 0 ? (formToken ?? null) : null,
    aware: form.getAll('aware').join() === 'on',
    again: query.get('retry') === 'login',
    address: request.ip,
    requestId: request.id,
  }
}

/** Of seven requests of an install the login reads one. */
function answerOf(request: FastifyRequest, params: URLSearchParams): BrowserAnswer {
  let headers: Headers | undefined
  return {
    params,
    get headers() {
      return (headers ??= headersOf(request))
    },
  }
}

/** For the login, which has no business with the cookies. */
function headersOf({ headers }: FastifyRequest): Headers {
  const pairs = Object.entries(headers).flatMap(([name, values = []]) =>
    [values].flat().map((value): [string, string] => [name, value]),
  )
  return new Headers(pairs.filter(([name]) => name !== 'cookie'))
}
