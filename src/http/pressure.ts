import { totalmem } from 'node:os'
import { getHeapStatistics } from 'node:v8'
import type { FastifyUnderPressureOptions } from '@fastify/under-pressure'

/** Milliseconds that events are late in the mean of so many: one long piece of work, as at the start, is no pressure. */
const [LONGEST_DELAY, IN_THE_MEAN_OF] = [500, 5000]

/** Of the memory that there is. */
const FULL = 0.85

/** What V8 adds at most to its limit for values that are still young, or the part of a small one; what stays has the rest. */
const [YOUNG, REST] = [192 * 1024 * 1024, 0.75]

/** Seconds. */
const TRY_AGAIN = 5

/** When a request is refused with 503, so that those already under way come to their end. */
export function pressureLimits(): FastifyUnderPressureOptions {
  const { heap_size_limit: heap } = getHeapStatistics()
  const memory = process.constrainedMemory()
  // Without a limit the system names none, or more than there is.
  const isLimited = memory > 0 && memory < totalmem()
  return {
    maxEventLoopDelay: LONGEST_DELAY,
    sampleInterval: IN_THE_MEAN_OF,
    maxHeapUsedBytes: Math.floor(Math.max(heap - YOUNG, heap * REST) * FULL),
    ...(isLimited && { maxRssBytes: Math.floor(memory * FULL) }),
    retryAfter: TRY_AGAIN,
  }
}
