import closeWithGrace from 'close-with-grace'
import type { LogOutput } from '../observability/log-output.ts'
import type { Logger } from '../observability/logger.ts'
import { seconds } from '../shared/clock.ts'

/** A stop that hangs ends with exit code 1 after this time. */
const DEADLINE = seconds(10)

/** Milliseconds that the reader of the log has for the last lines, after everything else. */
const LAST_LINES = 500

/** Ends what runs; resolves to whether all of it came to its end in time. What has not is settled by the next start. */
export type Stop = (why: { crashed: boolean }) => Promise<boolean>

/**
 * The one place in which the process ends. A signal: exit code 0 after `stop`. An error that nobody has caught: it is
 * logged, then the same with exit code 1. A second signal or error ends it at once.
 */
export function endInOrder(log: Logger, output: Pick<LogOutput, 'drained'>, stop: Stop): void {
  const options = {
    delay: DEADLINE,
    logger: false as const,
    onSecondSignal(signal: NodeJS.Signals) {
      log.warn({ event: 'service.killed', signal })
    },
    onSecondError(err: unknown) {
      log.fatal({ event: 'service.crashed', err })
    },
    onTimeout() {
      log.error({ event: 'service.stop_timed_out' })
    },
  }
  closeWithGrace(options, async (why) => {
    // Anything may be thrown, also nothing.
    const crashed = 'err' in why
    if (crashed) log.fatal({ event: 'service.crashed', err: why.err })
    log.info({ event: 'service.stopping', signal: why.signal ?? null })
    try {
      const complete = await stop({ crashed })
      log[complete ? 'info' : 'warn']({ event: 'service.stopped', complete })
    } catch (err) {
      log.error({ event: 'service.stop_failed', err })
      throw err
    } finally {
      await output.drained(LAST_LINES)
    }
    if (crashed) process.exit(1)
  })
}
