import { setTimeout as pause } from 'node:timers/promises'
import pg, { type Client } from 'pg'
import { systemRandom, type Random } from '../../shared/random.ts'
import { StoreUnusable, type StoreUnavailable } from '../errors.ts'
import { milliseconds } from './deadlines.ts'
import { openSession } from './open.ts'

/**
 * With how many connections it is tried. A service is surer: behind three poolers that share the connections out, two of
 * four still meet at one of them. What only reads keys or runs one command takes no more places than it has to.
 */
const SESSIONS = { service: 4, command: 2 } as const

/**
 * How often each looks for its mark. While others ask through the same pooler, both of two connections may find theirs by
 * chance. Of 4800 tries behind PgBouncer 1.18, four looks missed it in 5, ten in none.
 */
const LOOKS = 10

/** How long the others are waited for after the first one is there, in milliseconds. Who shares sessions lets all in at once. */
const REST = 500

/** By SET, which all poolers know that they have to keep, or to send to each of their servers. */
const leaveMark = (mark: string) => `SET wauth.session = '${mark}'`
const FIND_MARK = "SELECT current_setting('wauth.session', true) AS mark"

/**
 * Whether each connection has a session of its own, in which a setting lasts and no other is seen. A pooler that gives
 * sessions away between transactions has the first marks overwritten, as it takes the connection that was free last, or
 * the one that was free for the longest; asked for at once, in another order and again, some are found elsewhere. Where sessions
 * are kept, each connection finds its own, whatever happens beside. Its connections are gone when it has answered.
 */
export async function keepsSessions(url: string, count: number, random: Random = systemRandom) {
  const sessions = Array.from({ length: count }, () => openSession(url))
  try {
    const marked = (await connected(sessions)).map((client) => ({ client, mark: random(16) }))
    for (const { client, mark } of marked) await client.query(leaveMark(mark))
    const inOtherOrder = marked.toReversed()
    for (let times = 0; times < LOOKS; times++) {
      const finding = inOtherOrder.map(async ({ client, mark }) => {
        const { rows } = await client.query<{ mark: string | null }>(FIND_MARK)
        return rows[0]?.mark === mark
      })
      if (!(await Promise.all(finding)).every(Boolean)) return false
    }
    return true
  } finally {
    await Promise.all(sessions.map(ended))
  }
}

/** A server that has no place for all of them is asked by those that it has one for. */
async function connected(sessions: Client[]): Promise<Client[]> {
  const there: Client[] = []
  const asked = sessions.map(async (client) => {
    await client.connect()
    there.push(client)
  })
  const all = Promise.allSettled(asked)
  await Promise.any(asked).catch((refused: unknown) => {
    throw refused instanceof AggregateError ? refused.errors[0] : refused
  })
  await Promise.race([all, pause(REST, undefined, { ref: false })])
  return [...there]
}

/** Gone from the server, too, so that its place is free for the next one; a server that is away says no goodbye. */
const ended = (client: Client) =>
  Promise.race([client.end(), pause(milliseconds.connect, undefined, { ref: false })]).catch(() => undefined)

/** @throws StoreUnusable behind a pooler that shares sessions out by the transaction or the statement */
export async function mustKeepSessions(
  db: { keepsSessions(count: number): Promise<boolean> },
  use: keyof typeof SESSIONS,
): Promise<void> {
  if (!(await db.keepsSessions(SESSIONS[use]))) throw keepsNone(StoreUnusable)
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
