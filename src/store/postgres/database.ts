import type { Pool, PoolClient } from 'pg'
import { milliseconds } from './deadlines.ts'
import { guarded } from './guarded.ts'
import { openPool } from './open.ts'
import { valuesOf, type Statement } from './statement.ts'

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
  /**
   * The same, one at a time over all replicas: for what looks at several rows before it decides, as everything about
   * exchanges and the ends of connections does. These follow people's clicks, so that there are few of them.
   */
  exclusive<T>(work: (session: Session) => Promise<T>): Promise<T>
  /** Statements that look through a whole table, each alone: they may take as long as that takes. */
  unhurried: Session
  close(): Promise<void>
}

/** Any number does that nobody else on this server uses. */
const LOCK = 'SELECT pg_advisory_xact_lock(8236401)'

/** How a transaction begins, and how long it and each of its answers may take. */
interface Kind {
  begin: readonly string[]
  deadline: number
  answer?: number
}

const ORDINARY: Kind = { begin: ['BEGIN'], deadline: milliseconds.transaction }
const EXCLUSIVE: Kind = { ...ORDINARY, begin: ['BEGIN', LOCK] }
const UNHURRIED: Kind = {
  begin: ['BEGIN', `SET LOCAL statement_timeout = ${milliseconds.lookThrough}`],
  deadline: 2 * milliseconds.lookThrough,
  answer: 2 * milliseconds.lookThrough,
}

/** @throws StoreUnavailable from each of its methods */
export function openDatabase(url: string): Database {
  const pool = openPool(url)
  const transaction = <T>(kind: Kind, work: (session: Session) => Promise<T>) =>
    guarded(() => inTransaction(pool, kind, work))
  const alone = sessionOf(pool)
  let ended: Promise<void> | undefined
  return {
    all: (...args) => guarded(() => alone.all(...args)),
    one: (...args) => guarded(() => alone.one(...args)),
    run: (...args) => guarded(() => alone.run(...args)),
    transaction: (work) => transaction(ORDINARY, work),
    exclusive: (work) => transaction(EXCLUSIVE, work),
    unhurried: {
      all: (...args) => transaction(UNHURRIED, (session) => session.all(...args)),
      one: (...args) => transaction(UNHURRIED, (session) => session.one(...args)),
      run: (...args) => transaction(UNHURRIED, (session) => session.run(...args)),
    },
    close: () => (ended ??= pool.end()),
  }
}

async function inTransaction<T>(pool: Pool, kind: Kind, work: (session: Session) => Promise<T>) {
  const client = await pool.connect()
  // Told by the queries, too; without a listener the process would end.
  const ignore = () => undefined
  client.on('error', ignore)
  let held = true
  const release = (close: boolean) => {
    if (!held) return
    held = false
    if (!close) client.off('error', ignore)
    client.release(close)
  }
  // What runs on a connection that closes fails at once, here and on the server.
  const late = setTimeout(() => {
    release(true)
  }, kind.deadline)
  try {
    for (const query of kind.begin) await client.query(query)
    const result = await work(sessionOf(client, kind.answer))
    await client.query('COMMIT')
    release(false)
    return result
  } finally {
    clearTimeout(late)
    // A connection whose transaction failed is not used again: closing it rolls back, whatever state it is in.
    release(true)
  }
}

function sessionOf(client: Pool | PoolClient, answer: number = milliseconds.answer): Session {
  const query = <Row>(statement: Statement<Row>, values: object = {}) =>
    client.query<Row & object>({
      ...{ name: statement.name, text: statement.text },
      ...{ values: valuesOf(statement, values), query_timeout: answer },
    })
  return {
    all: async (statement, values) => (await query(statement, values)).rows,
    one: async (statement, values) => (await query(statement, values)).rows[0],
    run: async (statement, values) => (await query(statement, values)).rowCount ?? 0,
  }
}
