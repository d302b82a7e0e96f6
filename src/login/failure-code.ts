import { AppError } from '../shared/app-error.ts'
import { peerFailure } from './bounded-fetch.ts'

/** One word for the log about why a login failed: one of the table in `failures.ts`, never what was in an answer. */
export function failureCode(error: unknown): string {
  return peerFailure(error)?.code ?? (error instanceof AppError ? error.code : 'unexpected')
}
