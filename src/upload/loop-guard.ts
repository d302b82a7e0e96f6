/** Empty pages in a row after which an export counts as going round in circles. */
const MOST_EMPTY = 100

/**
 * Notices a chain of cursors that comes back to itself, with two values of memory however long it is (Brent's
 * algorithm): one cursor is remembered, and replaced after 1, 2, 4, 8 … steps. So a loop is found after at most a few
 * rounds; upserts make the rounds harmless.
 */
export function createLoopGuard(
  first: string | null,
): (page: { next: string | null; items: unknown[] }) => boolean {
  let [remembered, steps, power, empty] = [first, 0, 1, 0]
  return ({ next, items }) => {
    empty = items.length === 0 ? empty + 1 : 0
    if (next === null) return false
    if (next === remembered || empty >= MOST_EMPTY) return true
    steps += 1
    if (steps === power) [remembered, steps, power] = [next, 0, power * 2]
    return false
  }
}
