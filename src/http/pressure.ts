import { totalmem } from 'node:os'
import { getHeapStatistics } from 'node:v8'
import underPressure, { type FastifyUnderPressureOptions } from '@fastify/under-pressure'
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify'

/** Milliseconds that events are late in the mean of so many: one long piece of work, as at the start, is no pressure. */
const [LONGEST_DELAY, IN_THE_MEAN_OF] = [500, 5000]

/** Of the memory that there is. */
const FULL = 0.85

/** What V8 adds at most to its limit for values that are still young, or the part of a small one; what stays has the rest. */
const [YOUNG, REST] = [192 * 1024 * 1024, 0.75]

/** Seconds. */
const TRY_AGAIN = 5

/** When a request is refused, so that those already under way come to their end. */
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
  }
}

/**
 * Refuses the requests of `app`, from here on, while there is too much to do. The plugin measures, in a corner of its
 * own: its hook would ask every request for the options of its route, which takes as long as a search in the database.
 * Resolves to what says so.
 */
export async function refuseUnderPressure(app: FastifyInstance): Promise<() => boolean> {
  let isUnderPressure = () => false
  await app.register(async (corner) => {
    await corner.register(underPressure, pressureLimits())
    isUnderPressure = () => corner.isUnderPressure()
  })
  app.addHook('onRequest', (_request, reply, next) => {
    if (isUnderPressure()) next(tooMuchToDo(reply))
    else next()
  })
  return () => isUnderPressure()
}

/** The plugin's own error: error handlers know it by its code. */
function tooMuchToDo(reply: FastifyReply): FastifyError {
  reply.header('retry-after', TRY_AGAIN)
  const told = { code: 'FST_UNDER_PRESSURE', statusCode: 503 } as const
  return Object.assign(new Error('The service has too much to do'), { name: 'FastifyError', ...told })
}
