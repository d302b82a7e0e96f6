import type { IncomingMessage } from 'node:http'
import type { onRequestHookHandler } from 'fastify'
import { secretMatcher } from '../../crypto/digest.ts'
import { bearerIn } from '../../shared/bearer.ts'
import { sendProblem } from '../problem.ts'
import type { AnswerFailure } from './failed-attempts.ts'
import { PROBLEMS } from './problems.ts'

/** Says of a request whether it has one of the tokens, none of them, or so many that nobody knows which counts. */
export function tokenJudge(tokens: readonly string[]) {
  const matchers = tokens.map(secretMatcher)
  return (request: Pick<IncomingMessage, 'rawHeaders'>): 'known' | 'unknown' | 'doubled' => {
    const bearer = bearerIn(request, 'authorization')
    if (bearer.kind === 'doubled') return 'doubled'
    return bearer.kind === 'token' && matchers.some((isToken) => isToken(bearer.token)) ? 'known' : 'unknown'
  }
}

/** Lets only those in who have one of the tokens, before anything else of their request is read. */
export function requireToken(
  judge: ReturnType<typeof tokenJudge>,
  answerFailure: AnswerFailure,
): onRequestHookHandler {
  return (request, reply, next) => {
    const judged = judge(request.raw)
    if (judged === 'known') next()
    else if (judged === 'doubled') sendProblem(reply, PROBLEMS.doubledHeader)
    else answerFailure(request, reply, PROBLEMS.callerUnknown).catch(next)
  }
}
