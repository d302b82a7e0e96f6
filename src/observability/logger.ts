import { pino, type DestinationStream, type Logger } from 'pino'
import { errorFields } from './error-fields.ts'

export type { Logger }

/**
 * One wide event per unit of work, as JSON lines. There is no list of names to redact, because nothing sensitive is
 * ever handed in: events carry ids, codes and durations only, and errors pass through `errorFields`.
 */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: errorFields, error: errorFields },
  }
  return destination ? pino(options, destination) : pino(options)
}
