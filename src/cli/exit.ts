import { ConfigError } from '../config/config-error.ts'
import { errorFields } from '../observability/error-fields.ts'
import { AppError } from '../shared/app-error.ts'
import { StoreUnusable } from '../store/errors.ts'
import { BadUsage } from './bad-usage.ts'

/** 78 is `EX_CONFIG` of sysexits.h: starting again does not help, somebody has to change the set-up. */
export const EXIT = { done: 0, failed: 1, usage: 2, configuration: 78 } as const

/** Says on standard error what went wrong and what to do, and returns the exit code for it. */
export function explain(error: unknown): number {
  if (error instanceof ConfigError) {
    process.stderr.write(`${error.message}\n`)
    return EXIT.configuration
  }
  if (error instanceof AppError) {
    process.stderr.write(`${error.message} (${error.code}).\n${error.hint ?? ''}\n`)
    if (error instanceof BadUsage) return EXIT.usage
    return error instanceof StoreUnusable ? EXIT.configuration : EXIT.failed
  }
  const fields = errorFields(error)
  const next =
    fields.code === 'EADDRINUSE' ? 'Another process uses this port: change PORT or INTERNAL_PORT.' : ''
  process.stderr.write(`This failed: ${fields.code ?? fields.name}. ${next}\n${fields.at.join('\n')}\n`)
  return EXIT.failed
}
