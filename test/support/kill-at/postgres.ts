import pg from 'pg'
import { operationOf } from './points.ts'

type Callback = (...args: unknown[]) => void
type Query = (this: object, ...args: unknown[]) => unknown
const prototype = pg.Client.prototype as unknown as { query: Query }

const textOf = (query: unknown) =>
  typeof query === 'string' ? query : String((query as { text?: string } | undefined)?.text)

/** Does something with the answer before whoever has asked for it gets it: a promise, or a call of the last argument. */
function answered(query: Query, on: object, args: unknown[], then: () => void) {
  const callback = args.at(-1)
  if (typeof callback !== 'function') {
    return (query.apply(on, args) as Promise<unknown>).then((result) => {
      then()
      return result
    })
  }
  const last: Callback = (...result) => {
    then()
    ;(callback as Callback)(...result)
  }
  return query.apply(on, [...args.slice(0, -1), last])
}

/** Tells of the points of each transaction: before what it changes, before its commit, after it. */
export function watchPostgres(reach: (point: string) => void) {
  const { query } = prototype
  const open = new WeakMap<object, Set<string>>()
  prototype.query = function (...args) {
    const text = textOf(args[0])
    if (text.startsWith('BEGIN')) open.set(this, new Set())
    const name = operationOf(text)
    if (name !== undefined) {
      reach(`${name}:before`)
      // A statement alone is a transaction, too: it has no point before its commit.
      const operations = open.get(this)
      if (!operations)
        return answered(query, this, args, () => {
          reach(`${name}:committed`)
        })
      operations.add(name)
    }
    if (text !== 'COMMIT') return query.apply(this, args)
    const operations = open.get(this) ?? []
    open.delete(this)
    for (const operation of operations) reach(`${operation}:uncommitted`)
    return answered(query, this, args, () => {
      for (const operation of operations) reach(`${operation}:committed`)
    })
  }
}
