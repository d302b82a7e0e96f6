import { pino, type DestinationStream, type Logger, type LoggerOptions } from 'pino'
import { errorFields } from './error-fields.ts'
import { currentTrace } from './tracing/current.ts'

export type { Logger }

/** For a logger that is silent. */
const NOWHERE: DestinationStream = { write: () => undefined }

/**
 * One wide event per unit of work, as JSON lines: `log.info({ event: 'connect.confirm', … })`. There is no list of
 * names to redact, because nothing sensitive is ever handed in: events carry ids, codes and durations only, and errors
 * pass through `errorFields`.
 */
export function createLogger(level: string, destination: DestinationStream = NOWHERE): Logger {
  const options: LoggerOptions = {
    level,
    base: null,
    messageKey: 'event',
    timestamp: pino.stdTimeFunctions.isoTime,
    // Which trace an event belongs to, when there is one.
    mixin: () => {
      const { traceId, spanId } = currentTrace() ?? {}
      return traceId === undefined ? {} : { traceId, spanId }
    },
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: (error: unknown) => errorFields(error) },
    hooks: {
      // An event without a message would be given the message of its error, which may quote anything.
      logMethod([first], method) {
        const { event = 'unnamed', ...fields } = fieldsOf(first)
        method.apply(this, [fields, String(event)])
      },
    },
  }
  return pino(options, destination)
}

function fieldsOf(first: unknown): { event?: unknown; err?: unknown } {
  if (first instanceof Error) return { err: first }
  return typeof first === 'object' && first !== null ? first : {}
}
