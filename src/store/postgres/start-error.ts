import pg from 'pg'
import type { ErrorDetail } from '../../shared/app-error.ts'
import { StoreUnavailable, StoreUnusable } from '../errors.ts'
import { isEnvironment } from './guarded.ts'
import { READ_ONLY_HINT } from './writable.ts'

/** A name or password that is wrong, a database that is not there: nothing that passes. */
const SETTINGS = /^(28|3D000|42501|25006)/

const READ_ONLY = '25006'

/** Why the database could not be opened: a server that is away, which passes, or a set-up that somebody has to mend. */
export function startError(message: string, detail: ErrorDetail): StoreUnavailable | StoreUnusable {
  const { cause } = detail
  if (cause instanceof StoreUnusable) return cause
  const root = cause instanceof StoreUnavailable ? cause.cause : cause
  const mended = root instanceof pg.DatabaseError && SETTINGS.test(root.code ?? '')
  if (mended && root.code === READ_ONLY)
    return new StoreUnusable(message, { ...detail, hint: READ_ONLY_HINT })
  if (mended || !isEnvironment(root)) return new StoreUnusable(message, detail)
  return new StoreUnavailable('The PostgreSQL server cannot be reached', {
    code: 'database_unreachable',
    hint: 'Start again when the server of DATABASE_URL answers.',
    cause: root,
  })
}
