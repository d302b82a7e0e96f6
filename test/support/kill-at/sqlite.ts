import Database from 'better-sqlite3'
import { operationOf } from './points.ts'

type Work = (...args: unknown[]) => unknown
const prototype = Database.prototype as unknown as {
  prepare: (this: unknown, text: string) => Record<'run' | 'get' | 'all', Work>
  transaction: (work: Work) => { immediate: Work }
}

/** Tells of the points of each operation: before its telling statement, before its commit, after it. */
export function watchSqlite(reach: (point: string) => void) {
  const { prepare, transaction } = prototype
  // The driver is synchronous: there is one transaction at a time, and between its statements nothing else runs.
  let open: Set<string> | null = null

  prototype.prepare = function (text) {
    const statement = prepare.call(this, text)
    const operation = operationOf(text)
    if (operation === undefined) return statement
    for (const way of ['run', 'get', 'all'] as const) {
      const ask = statement[way].bind(statement)
      statement[way] = (...args) => {
        reach(`${operation}:before`)
        const answer = ask(...args)
        if (open) open.add(operation)
        else reach(`${operation}:committed`)
        return answer
      }
    }
    return statement
  }

  prototype.transaction = function (this: unknown, work) {
    const real = transaction.call(this, (...args) => {
      const operations = (open = new Set<string>())
      const result = work(...args)
      for (const operation of operations) reach(`${operation}:uncommitted`)
      return result
    })
    return {
      immediate: (...args) => {
        try {
          const result = real.immediate(...args)
          for (const operation of open ?? []) reach(`${operation}:committed`)
          return result
        } finally {
          open = null
        }
      },
    }
  }
}
