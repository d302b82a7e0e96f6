import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import rateLimit, { type FastifyRateLimitStoreCtor } from '@fastify/rate-limit'
import type { Logger } from '../../observability/logger.ts'
import { sendProblem, type Problem } from '../problem.ts'
import { windowCounts } from '../window-counts.ts'

/** How many failures of one caller are answered in `window` milliseconds, by this replica. */
export interface FailureLimit {
  max: number
  window: number
  /** Counts elsewhere than in memory. */
  store?: FastifyRateLimitStoreCtor
}

export const FAILURE_LIMIT: FailureLimit = { max: 120, window: 60_000 }

export const TOO_MANY_FAILURES = { status: 429, code: 'too_many_failures' } as const

/** Answers a request that has failed: with its own problem, or with 429 when this caller fails too often. */
export type AnswerFailure = (
  request: FastifyRequest,
  reply: FastifyReply,
  problem: Problem,
) => Promise<FastifyReply>

/**
 * Slows down a caller that guesses. It is asked only after a request has failed, so a good one never waits for it, is never
 * refused by it, and does not notice when it fails.
 */
export async function countFailures(
  app: FastifyInstance,
  limit: FailureLimit,
  log: Logger,
): Promise<AnswerFailure> {
  const { max, window: timeWindow, store = windowCounts() } = limit
  await app.register(rateLimit, { global: false, max, timeWindow, store })
  const count = app.createRateLimit()
  return async (request, reply, problem) => {
    const counted = await count(request).catch((err: unknown) => {
      log.error({ event: 'internal.limit_failed', err })
      return null
    })
    if (!counted || counted.isAllowed || !counted.isExceeded) return sendProblem(reply, problem)
    return sendProblem(reply, { ...TOO_MANY_FAILURES, retryAfter: counted.ttlInSeconds })
  }
}
