import type { Database } from 'better-sqlite3'
import { guarded } from './guarded.ts'

/** Every question is a read of its own, at once. */
export const alone =
  <Asked extends unknown[], Found>(db: Database, find: (...asked: Asked) => Found) =>
  (...asked: Asked): Promise<Found> =>
    guarded(db, () => find(...asked))

/**
 * Questions that come in during one turn of the event loop share one read, at its end: to begin and to end a read takes
 * three system calls, several times what the search takes, and one search after the other finds its code and its pages
 * near the processor. Whoever asks sees everything that was committed before: the read begins later than any question.
 */
export function together<Asked extends unknown[], Found>(db: Database, find: (...asked: Asked) => Found) {
  const askAlone = alone(db, find)
  const findAll = db.transaction((all: readonly Question<Asked, Found>[]) =>
    all.map(({ asked }) => find(...asked)),
  )
  let waiting: Question<Asked, Found>[] = []
  const answer = () => {
    const all = waiting
    waiting = []
    try {
      const found = findAll(all)
      for (const [i, { resolve }] of all.entries()) resolve(found[i] as Found)
    } catch {
      // What is wrong with one of them is not wrong with the others; what is wrong with the database each will be told.
      for (const { asked, resolve } of all) resolve(askAlone(...asked))
    }
  }
  return (...asked: Asked) =>
    new Promise<Found>((resolve) => {
      if (waiting.push({ asked, resolve }) === 1) setImmediate(answer)
    })
}

interface Question<Asked, Found> {
  asked: Asked
  resolve: (found: Found | Promise<Found>) => void
}
