import type { Database, Statement as Prepared } from 'better-sqlite3'
import type { Operation, Question, Run, Statement, Steps } from '../sql/operation.ts'
import { guarded } from './guarded.ts'
import { immediate } from './immediate.ts'
import { relaxed } from './relaxed.ts'

/** Answers the questions of an operation at once. */
export function runner(db: Database): Run {
  const answer = answerer(db)
  const inTransaction = immediate(db, (begin: () => Steps<unknown>) => toTheEnd(begin(), answer))
  const asTheyCome = (begin: () => Steps<unknown>) => toTheEnd(begin(), answer)
  const ways = {
    ...{ read: asTheyCome, walk: asTheyCome, single: asTheyCome },
    repeatable: relaxed(db, inTransaction),
    alone: inTransaction,
  }
  return <A extends unknown[], T>({ mode, steps }: Operation<A, T>, ...args: A) => {
    const begin = () => steps(...args)
    return guarded(db, () => ways[mode](begin) as T)
  }
}

function toTheEnd<T>(steps: Steps<T>, answer: (question: Question) => unknown): T {
  let next = steps.next()
  while (next.done !== true) next = steps.next(answer(next.value))
  return next.value
}

function answerer(db: Database) {
  const prepared = new WeakMap<Statement<unknown>, Prepared<object>>()
  const prepare = (statement: Statement<unknown>) => {
    const known = prepared.get(statement) ?? db.prepare<object>(inDialect(statement.text))
    prepared.set(statement, known)
    return known
  }
  return ({ ask, statement, values }: Question): unknown => {
    const query = prepare(statement)
    const bound = bind(values)
    if (ask === 'run') return query.run(bound).changes
    return ask === 'one' ? query.get(bound) : query.all(bound)
  }
}

/** There is one writer, so nothing is locked row by row. */
const inDialect = (text: string) =>
  text
    .replaceAll('{skip locked}', '')
    .replaceAll(/\{each (\w+)\}/g, (_, name: string) => `(SELECT value FROM json_each(@${name}))`)

/** The driver takes numbers, texts and null: a moment is its milliseconds, a list is JSON. */
const bind = (values: object) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, storable(value)]))

function storable(value: unknown): unknown {
  if (value instanceof Date) return value.getTime()
  if (typeof value === 'boolean') return Number(value)
  return Array.isArray(value) ? JSON.stringify(value) : (value ?? null)
}
