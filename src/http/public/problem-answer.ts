import type { FastifyReply, FastifyRequest } from 'fastify'
import { wantsJson, type WritePage } from './page-writer.ts'
import type { Problem } from './pages/model.ts'
import { statusOfProblem } from './statuses.ts'

/** `attemptId` where trying again with the same attempt makes sense. */
interface ProblemDetail {
  problem: Problem
  supportId: string
  attemptId?: string | null
  /** Seconds, where it is known. */
  retryAfter?: number
}

export type AnswerProblem = (
  request: FastifyRequest,
  reply: FastifyReply,
  detail: ProblemDetail,
) => FastifyReply

/** Seconds after which it makes sense to try again, when nobody knows better. */
const TRY_AGAIN = 5

/** Seconds; the words of the page say the same. A state is hardly good for longer, so a longer wait would be of no use. */
export const WHILE_PAUSED = 600

const waitOf = (problem: Problem) => (problem === 'installs_paused' ? WHILE_PAUSED : TRY_AGAIN)

/** Answers what has no result to show: as a page, or in the shape of a result for a program that asks for one. */
export const createProblemAnswer =
  (writePage: WritePage): AnswerProblem =>
  (request, reply, { problem, supportId, attemptId = null, retryAfter = waitOf(problem) }) => {
    const status = statusOfProblem(problem)
    reply.code(status)
    if (status === 503 || status === 429) reply.header('retry-after', retryAfter)
    return wantsJson(request)
      ? reply.send({ status: 'failed', reason: problem, supportId, crmAccountName: null, upload: null })
      : writePage(request, reply, { page: 'problem', problem, supportId, attemptId })
  }
