import pg from 'pg'
import { forDriver } from '../../config/fields/database-url.ts'
import { milliseconds } from './deadlines.ts'

/**
 * A pool of connections. Its deadlines together stay below the five seconds after which a caller wants to know that the
 * database cannot do it now.
 */
export function openPool(url: string, most = 10): pg.Pool {
  const pool = new pg.Pool({
    connectionString: forDriver(url),
    application_name: 'wauth',
    max: most,
    keepAlive: true,
    connectionTimeoutMillis: milliseconds.connect,
    query_timeout: milliseconds.answer,
    types: numbers(),
    Client: ClientWithDeadlines,
  })
  // A connection that breaks while nobody uses it: the pool has let go of it, and opens another when one is needed.
  pool.on('error', () => undefined)
  return pool
}

/**
 * One connection with the same deadlines, apart from the pool: no later than this it is there, or not to be had. It has no
 * statement prepared, so it has a name of its own: a migration ends the sessions of replicas (`007.do.leases.sql`).
 */
export const openSession = (url: string): pg.Client =>
  new ClientWithDeadlines({
    connectionString: forDriver(url),
    application_name: 'wauth check',
    connectionTimeoutMillis: milliseconds.connect,
    query_timeout: milliseconds.connect,
  })

/**
 * The server's own deadlines, by SET: as startup parameters poolers refuse them, or drop them without a word. And a pooler
 * that hands a session on as its last user left it hands on statements with the names that we use.
 */
const BEGIN_SESSION = [
  'DEALLOCATE ALL',
  `SET lock_timeout = ${milliseconds.lock}`,
  `SET statement_timeout = ${milliseconds.statement}`,
  `SET idle_in_transaction_session_timeout = ${milliseconds.idleInTransaction}`,
].join('; ')

/** Is connected when its session has the deadlines, and not before: the time that the pool gives it covers both. */
class ClientWithDeadlines extends pg.Client {
  override connect(): Promise<this>
  override connect(done: (error?: Error) => void): void
  override connect(done?: (error?: Error) => void): Promise<this> | undefined {
    // Told by the queries, too. The pool listens only while nobody uses it; without a listener the process would end.
    this.on('error', () => undefined)
    const connected = this.begin()
    if (!done) return connected
    connected.then(() => {
      done()
    }, done)
    return undefined
  }

  private async begin(): Promise<this> {
    await super.connect()
    try {
      await this.query(BEGIN_SESSION)
      return this
    } catch (error) {
      this.end().catch(() => undefined)
      throw error
    }
  }
}

/** One connection without deadlines for statements, for migrations: they take as long as they take. */
export const openClient = (url: string): pg.Client =>
  new pg.Client({
    connectionString: forDriver(url),
    application_name: 'wauth migrate',
    connectionTimeoutMillis: milliseconds.connect,
    types: numbers(),
  })

/** The driver gives BIGINT as text; our columns hold moments and counts, far below 2^53. */
function numbers() {
  const types = new pg.TypeOverrides()
  types.setTypeParser(pg.types.builtins.INT8, Number)
  return types
}
