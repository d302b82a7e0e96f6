import { minutes, seconds, type Clock } from '../shared/clock.ts'

/**
 * What a call has shown about the other side. `silent`: nothing either way, as when the trouble may be with what was
 * sent, or when we gave up ourselves.
 */
export type Sign = 'up' | 'down' | 'silent'

/** So many calls in a row without a usable answer open the breaker. */
export const FAILURES = 5

/** How long it stays open the first time, and at most; every try that fails doubles it. */
const [SHORTEST, LONGEST] = [seconds(10), minutes(1)]

/** While one call tries whether the other side is back, nobody knows how long that takes. */
const WHILE_TRYING = seconds(1)

/** Leave to make one call, whose sign is to be told; or milliseconds after which it makes sense to ask again. */
export type Leave = { kind: 'go'; tell(sign: Sign): void } | { kind: 'wait'; ms: number }

/** Keeps calls from a party that is down. */
export interface Breaker {
  ask(): Leave
  health: () => { ok: boolean; detail: string }
}

/**
 * Closed until `FAILURES` calls in a row have shown that the other side is down; then open for a while; then one call
 * at a time goes out as a try, and the first good one closes it. It never repeats a call: that is for its caller.
 */
export function createBreaker(clock: Clock): Breaker {
  let failures = 0
  let openings = 0
  let openUntil = 0
  let trying = false

  const isOpen = () => failures >= FAILURES
  const left = () => Math.max(openUntil - clock().getTime(), 0)

  function tell(sign: Sign, isTry: boolean) {
    if (isTry) trying = false
    if (sign === 'silent') return
    if (sign === 'up') {
      failures = 0
      openings = 0
      return
    }
    failures += 1
    // Calls that were under way when it opened say nothing new.
    if (failures !== FAILURES && !isTry) return
    openUntil = clock().getTime() + Math.min(SHORTEST * 2 ** openings, LONGEST)
    openings += 1
  }

  return {
    ask() {
      const isTry = isOpen()
      if (isTry && left() > 0) return { kind: 'wait', ms: left() }
      if (isTry && trying) return { kind: 'wait', ms: WHILE_TRYING }
      if (isTry) trying = true
      return {
        kind: 'go',
        tell(sign) {
          tell(sign, isTry)
        },
      }
    },
    health: () => (isOpen() ? unwell(Math.ceil(left() / seconds(1)), failures) : CLOSED),
  }
}

const CLOSED = { ok: true, detail: 'breaker closed' }

const unwell = (wait: number, failures: number) => ({
  ok: false,
  detail:
    wait > 0
      ? `breaker open for ${wait} s more: no usable answer to ${failures} calls in a row`
      : 'breaker half open: the next call is a try',
})
