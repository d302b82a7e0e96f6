import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ConfirmNote, Outcome, Result, Review } from '../../connect/outcome.ts'
import { supportIdFor } from '../../shared/request-id.ts'
import type { AttemptCookies } from './attempt-cookies.ts'
import { attemptPath } from './pages/attempt-path.ts'
import { wantsEvents, wantsJson, type WritePage, type WriteUpload } from './page-writer.ts'
import type { AnswerProblem } from './problem-answer.ts'
import { rawQueryOf } from './raw-query.ts'
import { statusOfResult } from './statuses.ts'

export type AnswerOutcome = (request: FastifyRequest, reply: FastifyReply, outcome: Outcome) => FastifyReply

export interface AnswerTools {
  cookies: AttemptCookies
  writePage: WritePage
  writeUpload: WriteUpload
  answerProblem: AnswerProblem
}

/** Turns what the flow decided into an HTTP answer. Every redirect is a 303: a POST must not be repeated elsewhere. */
export function createOutcomeAnswer(tools: AnswerTools): AnswerOutcome {
  const { cookies, writePage, writeUpload, answerProblem } = tools
  return (request, reply, outcome) => {
    switch (outcome.kind) {
      case 'opened':
        reply.setCookie(cookies.name(outcome.attemptId), outcome.browserSecret, cookies.options)
        for (const id of outcome.outlived) reply.setCookie(cookies.name(id), '', cookies.gone)
        return reply.redirect(attemptPath(outcome.attemptId), 303)
      case 'go':
        return reply.redirect(pathTo(outcome), 303)
      case 'login':
        return reply.redirect(outcome.location.href, 303)
      case 'parked':
        return reply.redirect(`/wauth/callback?parked=${outcome.ticket}`, 303)
      case 'review':
        return writePage(request, reply, {
          page: 'confirm',
          ...outcome.review,
          note: noteOf(request, outcome.review),
        })
      case 'result':
        return answerResult(request, reply, { ...outcome, writePage, writeUpload })
      case 'refused':
        return answerProblem(request, reply, {
          ...outcome,
          supportId: supportIdFor(outcome.attemptId, { ...outcome, requestId: request.id }),
        })
    }
  }
}

type Go = Extract<Outcome, { kind: 'go' }>

const pathTo = ({ to, attemptId, note }: Go) =>
  attemptPath(attemptId, to === 'attempt' ? undefined : to) + (note ? `?note=${note}` : '')

/**
 * The address carries it to the page: a redirect has no other place for it, and a reload says it again. Whether another
 * connection is being made is what the store says, not the address, which stays as it is when that is over.
 */
function noteOf(request: FastifyRequest, { busy }: Review): ConfirmNote | null {
  if (busy) return 'busy'
  const note = new URLSearchParams(rawQueryOf(request)).get('note')
  if (note === 'busy' || note === 'changed') return 'changed'
  return note === 'unaware' ? 'unaware' : null
}

type Told = Extract<Outcome, { kind: 'result' }> & Pick<AnswerTools, 'writePage' | 'writeUpload'>

function answerResult(request: FastifyRequest, reply: FastifyReply, told: Told): FastifyReply {
  const { attemptId, result, csrfToken, waitsForPerson, writePage } = told
  if (wantsEvents(request)) return told.writeUpload(request, reply, result.upload)
  if (wantsJson(request)) return writeStatus(reply, result).send(toJson(result))
  if (waitsForPerson) return reply.redirect(attemptPath(attemptId), 303)
  return writePage(request, writeStatus(reply, result), {
    page: 'result',
    attemptId,
    csrfToken: result.retry === 'confirm' ? csrfToken : null,
    result,
  })
}

function writeStatus(reply: FastifyReply, result: Result): FastifyReply {
  const status = statusOfResult(result)
  if (result.retryAfter !== null) reply.header('retry-after', result.retryAfter)
  // RFC 9110, 15.5.2: a 401 names a scheme; this one makes no browser ask for a password.
  if (status === 401) reply.header('www-authenticate', 'Bearer')
  return reply.code(status)
}

/** The documented fields, and only those. */
const toJson = ({ status, reason, supportId, crmAccountName, upload }: Result) => ({
  status,
  reason,
  supportId,
  crmAccountName,
  upload,
})
