import type { onRequestHookHandler } from 'fastify'
import { secretMatcher } from '../../crypto/digest.ts'
import { bearerIn } from '../../shared/bearer.ts'
import { sendProblem } from '../problem.ts'
import type { AnswerFailure } from './failed-attempts.ts'
import { PROBLEMS } from './problems.ts'

/** Lets only those in who have one of the tokens, before anything else of their request is read. */
export function requireToken(tokens: readonly string[], answerFailure: AnswerFailure): onRequestHookHandler {
  const matchers = tokens.map(secretMatcher)
  return (request, reply, next) => {
    const bearer = bearerIn(request.raw, 'authorization')
    if (bearer.kind === 'token' && matchers.some((isToken) => isToken(bearer.token))) next()
    else if (bearer.kind === 'doubled') sendProblem(reply, PROBLEMS.doubledHeader)
    else answerFailure(request, reply, PROBLEMS.callerUnknown).catch(next)
  }
}
