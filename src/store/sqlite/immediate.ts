import type { Database } from 'better-sqlite3'

/**
 * Makes a transaction of a function. It takes the write lock at once: a transaction that reads first and writes later
 * fails when another process wrote in between, whatever the busy timeout.
 */
export function immediate<A extends unknown[], R>(db: Database, work: (...args: A) => R): (...args: A) => R {
  const transaction = db.transaction(work)
  return (...args) => transaction.immediate(...args)
}
