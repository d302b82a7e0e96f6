import type { Database } from 'better-sqlite3'
import { batchPerTick } from '../batch-per-tick.ts'
import { guarded } from './guarded.ts'

/** Answers questions in their order, by one statement: that is one read. */
export type FindAll<Asked, Found> = (all: readonly Asked[]) => readonly Found[]

/** Every question is a read of its own, at once. */
export const readEach =
  <Asked, Found>(db: Database, findAll: FindAll<Asked, Found>) =>
  (asked: Asked): Promise<Found> =>
    guarded(db, () => findAll([asked])[0] as Found)

/**
 * Key look-ups that arrive in the same tick are answered together: to begin a read and to end it takes three system calls, several
 * times what the search takes, and one search after the other finds its code and its pages in the cache.
 */
export function batchReads<Asked, Found>(db: Database, findAll: FindAll<Asked, Found>) {
  return batchPerTick<Asked, Found>(async (all) => {
    try {
      return findAll(all)
    } catch {
      // What is wrong with one of them is not wrong with the others; what is wrong with the database each is told.
      return all.map(readEach(db, findAll))
    }
  })
}
