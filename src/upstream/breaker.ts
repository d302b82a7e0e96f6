import { minutes, seconds, type Monotonic } from '../shared/clock.ts'

/**
 * What a call has shown about the other side. `silent`: nothing either way, as when the trouble may be with what was
 * sent, or when we gave up ourselves.
 */
export type Sign = 'up' | 'down' | 'silent'

/** So many parties in a row whose calls got no usable answer open the breaker. */
export const FAILURES = 5

/** How long it stays open the first time, and at most; every try that fails doubles it. */
const [SHORTEST, LONGEST] = [seconds(10), minutes(1)]

/** Others wait no longer for what a try shows: then the next one is a try, too. */
export const LONGEST_TRY = seconds(3)

/** After so many tries in a row that show nothing, nothing is left to keep calls back for. */
export const EMPTY_TRIES = 3

/**
 * Leave to make one call, whose sign is to be told; or milliseconds after which it makes sense to ask again. `about` names
 * for whom the call was: where it fails for them again that is nothing new, as the trouble may be with what is theirs.
 */
export type Leave = { kind: 'go'; tell(sign: Sign, about?: string): void } | { kind: 'wait'; ms: number }

/** Keeps calls from a party that is down. */
export interface Breaker {
  ask(): Leave
  health: () => { ok: boolean; detail: string }
}

/**
 * Closed until calls for `FAILURES` parties in a row have shown that the other side is down; then open for a while; then one
 * call at a time goes out as a try. The first good one closes it. Where tries show nothing it closes on trial: the
 * next failure opens it again. It never repeats a call: that is for its caller.
 */
export function createBreaker(now: Monotonic): Breaker {
  const row = createRow()
  /** In a row, and ever: a call that was made before an opening says nothing of the time after it. */
  let [openings, opened, openUntil] = [0, 0, 0]
  /** The call that tries whether the other side is back, and until when others wait for it. */
  let trying: { until: number } | null = null
  let emptyTries = 0
  const left = () => (row.isFull() ? Math.ceil(Math.max(openUntil, trying?.until ?? 0) - now()) : 0)

  function close() {
    row.clear()
    ;[openings, trying, emptyTries] = [0, null, 0]
  }
  function open() {
    openUntil = now() + Math.min(SHORTEST * 2 ** openings, LONGEST)
    ;[openings, opened, trying, emptyTries] = [openings + 1, opened + 1, null, 0]
  }
  function endEmptyTry() {
    ;[trying, emptyTries] = [null, (emptyTries + 1) % EMPTY_TRIES]
    if (emptyTries === 0) row.makeRoom()
  }
  function go(): Leave {
    if (trying) endEmptyTry()
    const mine = row.isFull() ? { until: now() + LONGEST_TRY } : null
    const madeAt = opened
    trying = mine
    return {
      kind: 'go',
      tell(sign, about) {
        if (sign === 'up') close()
        else if (sign === 'down' && madeAt === opened && row.isLonger(about)) {
          if (row.isFull()) open()
        } else if (mine && trying === mine) {
          // A party that failed before says nothing new: one call at a time goes on being a try.
          if (sign === 'down') trying = null
          else endEmptyTry()
        }
      },
    }
  }
  return {
    ask() {
      const ms = left()
      return ms > 0 ? { kind: 'wait', ms } : go()
    },
    health: () => (row.isFull() ? unwell(Math.ceil(Math.max(openUntil - now(), 0) / seconds(1))) : CLOSED),
  }
}

/** The failures since the last good answer, each of another party. */
function createRow() {
  const parties = new Set<string>()
  let length = 0
  return {
    isFull: () => length === FAILURES,
    /** After a failure; false when it is nothing new. */
    isLonger(about: string | undefined): boolean {
      if (about !== undefined && parties.has(about)) return false
      if (about !== undefined) parties.add(about)
      length = Math.min(length + 1, FAILURES)
      return true
    },
    makeRoom: () => void (length = FAILURES - 1),
    clear() {
      parties.clear()
      length = 0
    },
  }
}

const CLOSED = { ok: true, detail: 'breaker closed' }

const unwell = (wait: number) => ({
  ok: false,
  detail:
    wait > 0
      ? `breaker open for ${wait} s more: no usable answer for ${FAILURES} customers in a row`
      : 'breaker half open: the next call is a try',
})
