import type { Teller } from '../delivery.ts'
import type {
  Operation,
  Question,
  Run,
  Statement as Written,
  Steps,
  TellerQuestion,
} from '../sql/operation.ts'
import type { Database, Session } from './database.ts'
import { statement, type Statement } from './statement.ts'

/** Answers each question of an operation after a trip to the server. */
export function runner(db: Database, teller?: Teller): Run {
  const answer = answerer(teller)
  const walking: Session = {
    all: (statement, values) => db.walk(statement, values),
    one: async (statement, values) => (await db.walk(statement, values))[0],
    run: (statement, values) => db.run(statement, values),
  }
  const toTheEnd = async <T>(steps: Steps<T>, session: Session): Promise<T> => {
    let next = steps.next()
    while (next.done !== true) next = steps.next(await answer(next.value, session))
    return next.value
  }
  return <A extends unknown[], T>({ mode, steps, locks }: Operation<A, T>, ...args: A) => {
    const inSession = (session: Session) => toTheEnd(steps(...args), session)
    if (locks) return db.exclusive((session) => toTheEnd(locks(args[0]), session), inSession)
    if (mode === 'repeatable') return db.transaction(inSession)
    return inSession(mode === 'walk' ? walking : db)
  }
}

function answerer(teller: Teller | null = null) {
  const written = new WeakMap<Written<unknown>, Statement<never>>()
  const inDialect = (one: Written<unknown>) => {
    const known = written.get(one) ?? statement(translate(one.text))
    written.set(one, known)
    return known
  }
  return async (question: Question | TellerQuestion, session: Session): Promise<unknown> => {
    if (question.ask === 'teller') return teller
    const { ask, statement: one, values } = question
    return session[ask](inDialect(one), storable(values))
  }
}

/**
 * The server knows a row by the transaction that wrote it: one that was copied into this database, by whatever means, has another
 * (`xmin`). Copies of whole servers differ by their timeline, of databases within one by their number.
 */
const EPOCH = `left(encode(sha256(convert_to(concat_ws(' ', epochs.name, epochs.xmin,
  (SELECT oid FROM pg_database WHERE datname = current_database()), wauth_timeline()), 'UTF8')), 'hex'), 12)`

const NUMBERED_HERE = 'changes.number < txid_snapshot_xmax(txid_current_snapshot())'

/** Not beyond what is committed: a server that fails gives numbers of transactions once more that have written nothing. */
const SEAM = `(SELECT least(txid_snapshot_xmin(txid_current_snapshot()), coalesce(max(number), 0) + 1)
  FROM changes WHERE ${NUMBERED_HERE})`

/** A worker leaves rows alone that another replica has locked this moment. */
const translate = (text: string) =>
  text
    .replaceAll('{skip locked}', 'FOR UPDATE SKIP LOCKED')
    .replaceAll('{for update}', 'FOR UPDATE')
    .replaceAll('{epoch}', EPOCH)
    .replaceAll('{seam}', SEAM)
    .replaceAll('{numbered here}', NUMBERED_HERE)
    .replaceAll(/\{index \w+\}/g, '')
    .replaceAll(
      /\{rows (\w+) ([^}]+)\}/g,
      (_, name: string, columns: string) => `json_to_recordset(CAST(@${name} AS json)) AS given (${columns})`,
    )
    .replaceAll(/\{each (\w+)\}/g, (_, name: string) => `(SELECT unnest(CAST(@${name} AS text[])) AS value)`)

/** A moment is its milliseconds, and the tables have no booleans. */
const storable = (values: object) =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]: [string, unknown]) => [
      name,
      value instanceof Date ? value.getTime() : typeof value === 'boolean' ? Number(value) : value,
    ]),
  )
