import type { ClientBase, Pool } from 'pg'
import { digest } from '../../crypto/digest.ts'
import { milliseconds } from './deadlines.ts'
import { guarded } from './guarded.ts'
import { keepsSessions } from './keeps-sessions.ts'
import { fewAtATime } from './few-at-a-time.ts'
import { openPool } from './open.ts'
import { statement, storable, valuesOf, type Statement } from './statement.ts'

/** Something that runs statements: the whole database, each in a transaction of its own, or one transaction. */
export interface Session {
  all<Row>(statement: Statement<Row>, values?: object): Promise<Row[]>
  one<Row>(statement: Statement<Row>, values?: object): Promise<Row | undefined>
  /** How many rows it touched. */
  run(statement: Statement<never>, values?: object): Promise<number>
}

export interface Database extends Session {
  /** Does several statements or none of them. */
  transaction<T>(work: (session: Session) => Promise<T>): Promise<T>
  /** The same, one at a time over all replicas of those that name a lock that it names, too: see `alone`. */
  exclusive<T>(
    locks: (session: Session) => Promise<string[]>,
    work: (session: Session) => Promise<T>,
  ): Promise<T>
  /** One statement that looks through a whole table and may take minutes. Not for what somebody waits for. */
  walk<Row>(statement: Statement<Row>, values?: object): Promise<Row[]>
  /** Whether each connection to it has a session of its own for as long as it lasts; tried with so many. */
  keepsSessions(count: number): Promise<boolean>
  close(): Promise<void>
}

/**
 * The release before has one lock for all, which is shared here: its replicas and this one are never at it at the same time. Any
 * number does that nobody else in this database uses.
 */
const BEGIN_SHARED = 'BEGIN; SELECT pg_advisory_xact_lock_shared(8236401)'

const LOCK = statement(
  'SELECT pg_advisory_xact_lock(number) FROM unnest(CAST(@numbers AS bigint[])) AS number',
)

/** The server knows locks by numbers of 64 bits. Two names with one number would only wait for each other. */
export const lockNumber = (name: string): bigint =>
  BigInt.asIntN(64, BigInt(`0x${digest(String(storable(name))).slice(0, 16)}`))

/** In one order for all, so that nobody waits for somebody who waits for them. */
const inOrder = (locks: readonly string[]) =>
  [...new Set(locks.map(lockNumber))].sort((a, b) => (a < b ? -1 : 1)).map(String)

/** What was read before the locks were there has changed: it begins again. */
class Outpaced extends Error {
  readonly code = '40001'
}

const TAKE_YOUR_TIME = `SET LOCAL statement_timeout = ${milliseconds.walk}`

/** @throws StoreUnavailable from each of its methods */
export function openDatabase(url: string): Database {
  const pool = openPool(url)
  const transaction = <T>(begin: string[], work: (session: Session) => Promise<T>) =>
    guarded(() => inTransaction(pool, { begin, ...SOON }, work))
  const walking = { begin: ['BEGIN', TAKE_YOUR_TIME], deadline: milliseconds.walk, answer: milliseconds.walk }
  const alone = sessionOf(pool)
  const inTurn = fewAtATime()
  let ended: Promise<void> | undefined
  return {
    all: (...args) => guarded(() => alone.all(...args)),
    one: (...args) => guarded(() => alone.one(...args)),
    run: (...args) => guarded(() => alone.run(...args)),
    transaction: (work) => transaction(['BEGIN'], work),
    exclusive: (locks, work) =>
      inTurn(() =>
        transaction([BEGIN_SHARED], async (session) => {
          const held = await locks(session)
          await session.all(LOCK, { numbers: inOrder(held) })
          const wanted = await locks(session)
          if (wanted.some((lock) => !held.includes(lock))) throw new Outpaced('Others were first')
          return work(session)
        }),
      ),
    walk: (statement, values) =>
      guarded(() => inTransaction(pool, walking, (session) => session.all(statement, values))),
    keepsSessions: (count) => guarded(() => keepsSessions(url, count)),
    close: () => (ended ??= pool.end()),
  }
}

/** The same over one connection that is in a transaction already: all that is done with it is part of that. */
export function withinTransaction(client: ClientBase): Database {
  const session = sessionOf(client, milliseconds.walk)
  return {
    ...session,
    transaction: (work) => work(session),
    exclusive: (_, work) => work(session),
    walk: (...args) => session.all(...args),
    keepsSessions: () => Promise.resolve(true),
    close: () => Promise.resolve(),
  }
}

interface Terms {
  begin: string[]
  /** Milliseconds for all of its statements together, and for each. */
  deadline: number
  answer: number
}

const SOON = { deadline: milliseconds.transaction, answer: milliseconds.answer }

async function inTransaction<T>(
  pool: Pool,
  { begin, deadline, answer }: Terms,
  work: (session: Session) => Promise<T>,
) {
  const client = await pool.connect()
  let held = true
  const release = (close: boolean) => {
    if (!held) return
    held = false
    client.release(close)
  }
  // What runs on a connection that closes fails at once, here and on the server.
  const late = setTimeout(() => {
    release(true)
  }, deadline)
  try {
    for (const query of begin) await client.query(query)
    const result = await work(sessionOf(client, answer))
    await client.query('COMMIT')
    release(false)
    return result
  } finally {
    clearTimeout(late)
    // A connection whose transaction failed is not used again: closing it rolls back, whatever state it is in.
    release(true)
  }
}

function sessionOf(client: Pool | ClientBase, answer: number = milliseconds.answer): Session {
  const query = <Row>(statement: Statement<Row>, values: object = {}) =>
    client.query<Row & object>({
      // The types of the driver do not know that a query may have a deadline of its own.
      ...{ name: statement.name, text: statement.text, query_timeout: answer },
      values: valuesOf(statement, values),
    })
  return {
    all: async (statement, values) => (await query(statement, values)).rows,
    one: async (statement, values) => (await query(statement, values)).rows[0],
    run: async (statement, values) => (await query(statement, values)).rowCount ?? 0,
  }
}
