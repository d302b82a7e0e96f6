import pg, { type Pool, type PoolClient } from 'pg'
import { systemRandom, type Random } from '../../shared/random.ts'
import { StoreUnusable, type StoreUnavailable } from '../errors.ts'

/** Behind three poolers that share the connections out, two of four still meet at one of them. */
const SESSIONS = 4

/** By SET, which all poolers know that they have to keep, or to send to each of their servers. */
const leaveMark = (mark: string) => `SET wauth.session = '${mark}'`
const FIND_MARK = "SELECT current_setting('wauth.session', true) AS mark"

/**
 * Whether each connection has a session of its own, in which a setting lasts and no other is seen. A pooler that gives
 * sessions away between transactions has the first marks overwritten, as it takes the connection that was free last, or
 * the one that was free for the longest; asked for at once and in another order, some are found elsewhere. Where sessions
 * are kept, each connection finds its own, whatever happens beside.
 */
export async function keepsSessions(pool: Pool, random: Random = systemRandom): Promise<boolean> {
  const clients = await connectionsOf(pool)
  let failed = true
  try {
    const marked = clients.map((client) => ({ client, mark: random(16) }))
    for (const { client, mark } of marked) await client.query(leaveMark(mark))
    const finding = marked.toReversed().map(async ({ client, mark }) => {
      const { rows } = await client.query<{ mark: string | null }>(FIND_MARK)
      return rows[0]?.mark === mark
    })
    const found = await Promise.all(finding)
    failed = false
    return found.every(Boolean)
  } finally {
    for (const client of clients) client.release(failed)
  }
}

/** A server that has no place for all of them is asked by those that it has one for. */
async function connectionsOf(pool: Pool): Promise<PoolClient[]> {
  const asked = await Promise.allSettled(Array.from({ length: SESSIONS }, () => pool.connect()))
  const [refused] = asked.filter((one) => one.status === 'rejected')
  const clients = asked.filter((one) => one.status === 'fulfilled').map(({ value }) => value)
  if (refused && clients.length === 0) throw refused.reason
  return clients
}

/** @throws StoreUnusable behind a pooler that shares sessions out by the transaction or the statement */
export async function mustKeepSessions(db: { keepsSessions(): Promise<boolean> }): Promise<void> {
  if (!(await db.keepsSessions())) throw keepsNone(StoreUnusable)
}

/** Whether a statement that this connection has prepared is not there, or one is there that it has not. */
export const isSessionLost = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && /^(26000|42P05)$/.test(error.code ?? '')

/** At the start it has to be mended; a service that finds it out while it runs answers so until it is. */
export const keepsNone = (Kind: typeof StoreUnusable | typeof StoreUnavailable, cause?: unknown) =>
  new Kind('The pooler of DATABASE_URL does not keep sessions', {
    code: 'pooler_keeps_no_sessions',
    hint: 'Deadlines and prepared statements belong to a session: set the pooler to session mode (PgBouncer: pool_mode=session), or connect to the server directly.',
    cause,
  })
