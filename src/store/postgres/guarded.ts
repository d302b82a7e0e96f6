import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { systemMonotonic } from '../../shared/clock.ts'
import { StoreUnavailable } from '../errors.ts'
import { milliseconds } from './deadlines.ts'
import { isSessionLost, keepsNone } from './keeps-sessions.ts'

/** Two transactions were in each other's way: one of them was undone, and may simply be done again. */
const CONFLICT = /^(40001|40P01)$/

/**
 * What a connection has made ready before a migration: a statement whose columns have other types now, or an expression in the
 * function of a trigger. The connection is closed: another makes it ready again.
 */
const isStale = (error: unknown) =>
  error instanceof pg.DatabaseError &&
  ((error.code === '0A000' && error.routine === 'RevalidateCachedQuery') ||
    (error.code === '42804' && error.routine?.startsWith('plpgsql_param_eval') === true))

/** What the server, the network or another session can do to us; anything else is our own mistake. */
const ENVIRONMENT = /^(08|28|40|53|57|58)|^(25006|25P0[23]|3D000|55P03|XX00[012])$/

/** The driver's own errors, which have no code. */
const DRIVER =
  /^(Connection terminated|timeout (exceeded|expired)|Query read timeout|Cannot use a pool|Client (was closed|has encountered))/i

/** Codes of the operating system and its resolver, such as ECONNREFUSED and EAI_AGAIN; Node's own are ERR_…. */
const SYSTEM = /^E(?!RR_)[A-Z_]+$/

const MOST_TRIES = 4

/** Runs one operation of the engine; a database that cannot do it now becomes `StoreUnavailable`. */
export async function guarded<T>(operation: () => Promise<T>, now = systemMonotonic): Promise<T> {
  const began = now()
  for (let tries = 1; ; tries++) {
    try {
      return await operation()
    } catch (cause) {
      const inTime = now() - began < milliseconds.retry
      // There are as many as connections.
      if (inTime && isStale(cause)) continue
      if (inTime && tries < MOST_TRIES && CONFLICT.test(codeOf(cause))) await pause(tries * 10)
      else throw told(cause)
    }
  }
}

function told(cause: unknown) {
  if (isStale(cause) || CONFLICT.test(codeOf(cause))) return unavailable(cause)
  if (isSessionLost(cause)) return keepsNone(StoreUnavailable, cause)
  return isEnvironment(cause) ? unavailable(cause) : cause
}

/** Whether an error says that the database cannot be used now, and nothing about the statement. */
export function isEnvironment(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return ENVIRONMENT.test(error.code ?? '')
  return error instanceof Error && (SYSTEM.test(codeOf(error)) || DRIVER.test(error.message))
}

export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

const unavailable = (cause: unknown) =>
  new StoreUnavailable('The database could not do it now', {
    code: 'storage_unavailable',
    hint: 'Check that the PostgreSQL server of DATABASE_URL runs, can be reached and has connections left.',
    cause,
  })
