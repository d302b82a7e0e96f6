import type { onRequestAsyncHookHandler } from 'fastify'
import { sameSecret } from '../../crypto/digest.ts'
import { bearerIn } from '../../shared/bearer.ts'
import { sendProblem } from '../problem.ts'
import type { AnswerFailure } from './failed-attempts.ts'
import { PROBLEMS } from './problems.ts'

/** Lets only those in who have the token, before anything else of their request is read. */
export const requireToken =
  (token: string, answerFailure: AnswerFailure): onRequestAsyncHookHandler =>
  async (request, reply) => {
    const bearer = bearerIn(request.raw, 'authorization')
    if (bearer.kind === 'doubled') return sendProblem(reply, PROBLEMS.doubledHeader)
    if (bearer.kind === 'token' && sameSecret(bearer.token, token)) return undefined
    return answerFailure(request, reply, PROBLEMS.callerUnknown)
  }
