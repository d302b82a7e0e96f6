import pg from 'pg'
import { milliseconds } from './deadlines.ts'

/**
 * A pool of connections. Its deadlines together stay below the five seconds after which a caller wants to know that the
 * database cannot do it now.
 */
export function openPool(url: string, most = 10): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'wauth',
    max: most,
    keepAlive: true,
    connectionTimeoutMillis: milliseconds.connect,
    lock_timeout: milliseconds.lock,
    statement_timeout: milliseconds.statement,
    query_timeout: milliseconds.answer,
    idle_in_transaction_session_timeout: milliseconds.idleInTransaction,
    types: numbers(),
  })
  // A connection that breaks while nobody uses it: the pool has let go of it, and opens another when one is needed.
  pool.on('error', () => undefined)
  return pool
}

/** One connection without deadlines for statements, for migrations: they take as long as they take. */
export const openClient = (url: string): pg.Client =>
  new pg.Client({
    connectionString: url,
    application_name: 'wauth migrate',
    connectionTimeoutMillis: milliseconds.connect,
    types: numbers(),
  })

/** The driver gives BIGINT as text; all of ours are moments and counts, far below 2^53. */
function numbers() {
  const types = new pg.TypeOverrides()
  types.setTypeParser(pg.types.builtins.INT8, Number)
  return types
}
