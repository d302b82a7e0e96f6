/** Where a listing goes on, as the caller gets it: opaque, so that what is inside may change. */
export const cursorOf = (position: string) => Buffer.from(position, 'utf8').toString('base64url')

/**
 * One page of what was found, of which one more was asked for than `limit`: that one says whether there is another page.
 * `positionOf`: where the page after an item begins.
 */
export function pageOf<T>(found: readonly T[], limit: number, positionOf: (item: T) => string) {
  const items = found.slice(0, limit)
  const last = found.length > limit ? items.at(-1) : undefined
  return { items, next: last ? cursorOf(positionOf(last)) : null }
}

/** The position that a cursor names; one that was made up names some position, and shows nothing it should not. */
export const readCursor = (cursor: string) => Buffer.from(cursor, 'base64url').toString('utf8')
