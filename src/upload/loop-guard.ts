import type { UploadPlace, UploadStep } from '../store/port.ts'

/** Pages without a row that an export may have, on top of one for each row. */
const MOST_EMPTY = 100

/** More than any CRM has of a kind: cursors that are new each time need not ever come back. */
const MOST_ROWS = 10_000_000

type Way = Pick<UploadPlace, 'cursor' | 'landmark' | 'pages'>

/**
 * Whether an export goes round in circles: whether `next` leads to a page that was passed, or to ever more pages
 * without rows. A chain of cursors that comes back to itself is found with one cursor of memory however long it is
 * (Brent's algorithm), after at most a few rounds; upserts make the rounds harmless.
 */
export function goesRound(
  { cursor, landmark, pages, read }: Way & Pick<UploadStep, 'read'>,
  next: string | null,
) {
  if (next === null) return false
  return next === cursor || next === landmark || pages > MOST_EMPTY + read || read > MOST_ROWS
}

/** The way behind a page that leads to `next`: the landmark is moved on after 1, 2, 4, 8 … pages. */
export function passed({ landmark, pages }: Way, next: string | null): Way {
  const count = pages + 1
  return { cursor: next, pages: count, landmark: Number.isInteger(Math.log2(count)) ? next : landmark }
}
