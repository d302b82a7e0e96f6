import type { Database, Statement as Prepared } from 'better-sqlite3'
import { AppError } from '../../shared/app-error.ts'
import type { Teller } from '../delivery.ts'
import type { Operation, Question, Run, Statement, Steps, TellerQuestion } from '../sql/operation.ts'
import { followClock } from '../sql/set-clock.ts'
import type { DatabaseTime } from './database-time.ts'
import { guarded } from './guarded.ts'
import { immediate } from './immediate.ts'
import { withoutFsync } from './without-fsync.ts'

/** Answers the questions of an operation at once. Without a teller the CRM is told nothing. */
export function runner(db: Database, { now, steps: clock }: DatabaseTime, teller: Teller | null = null): Run {
  const answer = answerer(db, now, teller)
  const inTransaction = immediate(db, (begin: () => Steps<unknown>) => toTheEnd(begin(), answer))
  const asTheyCome = (begin: () => Steps<unknown>) => toTheEnd(begin(), answer)
  const ways = {
    ...{ read: asTheyCome, walk: asTheyCome, single: asTheyCome },
    again: withoutFsync(db, asTheyCome),
    repeatable: withoutFsync(db, inTransaction),
    alone: inTransaction,
  }
  const moveMoments = () => {
    const step = clock?.since() ?? 0
    if (step === 0) return
    inTransaction(() => followClock.steps(step))
    clock?.dealtWith(step)
  }
  return <A extends unknown[], T>({ mode, steps }: Operation<A, T>, ...args: A) => {
    const begin = () => steps(...args)
    return guarded(db, () => {
      moveMoments()
      return ways[mode](begin) as T
    })
  }
}

function toTheEnd<T>(steps: Steps<T>, answer: (question: Question | TellerQuestion) => unknown): T {
  let next = steps.next()
  while (next.done !== true) next = steps.next(answer(next.value))
  return next.value
}

function answerer(db: Database, now: DatabaseTime['now'], teller: Teller | null) {
  const prepared = new WeakMap<Statement<unknown>, Ready>()
  const prepare = (statement: Statement<unknown>) => {
    const known = prepared.get(statement) ?? readyFor(db, statement)
    prepared.set(statement, known)
    return known
  }
  return (question: Question | TellerQuestion): unknown => {
    if (question.ask === 'teller') return teller
    const { ask, statement, values } = question
    const { query, names } = prepare(statement)
    const bound = bind(names, values as Record<string, unknown>, now())
    if (ask === 'run') return query.run(bound).changes
    return ask === 'one' ? query.get(bound) : query.all(bound)
  }
}

/** A statement, and the names of its parameters in the order in which it has them. */
interface Ready {
  query: Prepared
  names: readonly string[]
}

/**
 * The driver looks every name up in what it is given, at each call; so it gets the values by their places.
 *
 * Each parameter gets a plus, which does nothing to its value. SQLite looks at the value of a bare one when it plans, and then
 * plans the statement again for every new value: that takes up to twenty times as long as to run it.
 */
function readyFor(db: Database, { text }: Statement<unknown>): Ready {
  const written = inDialect(text)
  const names = Array.from(written.matchAll(PARAMETER), ([, name = '']) => name)
  return { query: db.prepare(written.replaceAll(PARAMETER, '+?')), names }
}

const PARAMETER = /@(\w+)/g

/** There is one writer, so nothing is locked row by row, and one process keeps the leases: its clock is the database's. */
const inDialect = (text: string) =>
  text
    .replaceAll(/\{skip locked\}|\{for update\}/g, '')
    .replaceAll('{now}', '@databaseNow')
    .replaceAll('{epoch}', 'epochs.name')
    .replaceAll('{seam}', '(SELECT coalesce(max(number), 0) + 1 FROM changes)')
    .replaceAll('{numbered here}', 'TRUE')
    .replaceAll(/\{index (\w+)\}/g, 'INDEXED BY $1')
    .replaceAll(/\{each (\w+)\}/g, (_, name: string) => `(SELECT value FROM json_each(@${name}))`)
    .replaceAll(/\{rows (\w+) ([^}]+)\}/g, (_, name: string, columns: string) => {
      const read = columns.replaceAll(/(\w+) \w+/g, "value ->> '$.$1' AS $1")
      return `(SELECT ${read} FROM json_each(@${name})) AS given`
    })

function bind(names: readonly string[], values: Record<string, unknown>, databaseNow: number): unknown[] {
  return names.map((name) => {
    if (name in values) return storable(values[name])
    if (name === 'databaseNow') return databaseNow
    throw new AppError(`A statement lacks its parameter ${name}`, { code: 'parameter_missing' })
  })
}

/** The driver takes numbers, texts and null: a moment is its milliseconds, a list is JSON. */
function storable(value: unknown): unknown {
  if (value instanceof Date) return value.getTime()
  if (typeof value === 'boolean') return Number(value)
  return Array.isArray(value) ? JSON.stringify(value) : (value ?? null)
}
