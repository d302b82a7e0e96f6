import { expect, test } from 'vitest'
import {
  createBreaker,
  EMPTY_TRIES,
  FAILURES,
  LONGEST_TRY,
  type Breaker,
  type Leave,
} from '../../src/upstream/breaker.ts'
import { seconds } from '../../src/shared/clock.ts'

function atHand() {
  let now = 1234.5
  const breaker = createBreaker(() => now)
  const pass = (ms: number) => {
    now += ms
  }
  return { breaker, pass }
}

function go(breaker: Breaker): Extract<Leave, { kind: 'go' }> {
  const leave = breaker.ask()
  if (leave.kind === 'wait') throw new Error(`not let through for ${leave.ms} ms`)
  return leave
}

function fail(breaker: Breaker, times: number) {
  for (let i = 0; i < times; i++) go(breaker).tell('down')
}

test('opens after so many failures in a row, and says for how long', () => {
  const { breaker, pass } = atHand()
  fail(breaker, FAILURES - 1)
  expect(breaker.health().ok).toBe(true)
  fail(breaker, 1)
  expect(breaker.ask()).toEqual({ kind: 'wait', ms: seconds(10) })
  pass(seconds(9))
  expect(breaker.ask()).toEqual({ kind: 'wait', ms: seconds(1) })
  expect(breaker.health()).toEqual({
    ok: false,
    detail: 'breaker open for 1 s more: no usable answer for 5 customers in a row',
  })
})

test('one good answer in between, and nothing was in a row', () => {
  const { breaker } = atHand()
  fail(breaker, FAILURES - 1)
  go(breaker).tell('up')
  fail(breaker, FAILURES - 1)
  expect(breaker.ask().kind).toBe('go')
})

test('an answer that says nothing of the other side neither opens nor closes it', () => {
  const { breaker } = atHand()
  fail(breaker, FAILURES - 1)
  for (let i = 0; i < 20; i++) go(breaker).tell('silent')
  fail(breaker, 1)
  expect(breaker.ask().kind).toBe('wait')
})

test('half open it lets one call through at a time; a good one closes it', () => {
  const { breaker, pass } = atHand()
  fail(breaker, FAILURES)
  pass(seconds(10))
  const tried = go(breaker)
  expect(breaker.ask().kind).toBe('wait')
  tried.tell('up')
  expect(breaker.health().ok).toBe(true)
  expect([breaker.ask().kind, breaker.ask().kind]).toEqual(['go', 'go'])
})

test('each try that fails doubles the pause, up to a minute', () => {
  const { breaker, pass } = atHand()
  fail(breaker, FAILURES)
  const pauses = [10, 20, 40, 60, 60].map((expected) => {
    const leave = breaker.ask()
    pass(seconds(expected))
    go(breaker).tell('down')
    return leave
  })
  expect(pauses).toEqual([10, 20, 40, 60, 60].map((wait) => ({ kind: 'wait', ms: seconds(wait) })))
})

/** Open, and its first pause over. */
function halfOpen() {
  const { breaker, pass } = atHand()
  fail(breaker, FAILURES)
  pass(seconds(10))
  return { breaker, pass }
}

test('a try that shows nothing makes room for the next', () => {
  const { breaker } = halfOpen()
  go(breaker).tell('silent')
  go(breaker).tell('up')
  expect(breaker.health().ok).toBe(true)
})

test('a party whose calls fail again and again counts once', () => {
  const { breaker } = atHand()
  for (let i = 0; i < 20; i++) go(breaker).tell('down', 'acme')
  for (let i = 0; i < FAILURES - 2; i++) go(breaker).tell('down', `other-${i}`)
  expect(breaker.health().ok).toBe(true)
  go(breaker).tell('down', 'nordwind')
  expect(breaker.health().ok).toBe(false)
})

test('after a good answer to anybody the count begins at none', () => {
  const { breaker } = atHand()
  const all = Array.from({ length: FAILURES - 1 }, (_, i) => `party-${i}`)
  for (const party of all) go(breaker).tell('down', party)
  go(breaker).tell('up', 'acme')
  for (const party of all) go(breaker).tell('down', party)
  expect(breaker.health().ok).toBe(true)
  go(breaker).tell('down', 'acme')
  expect(breaker.health().ok).toBe(false)
})

test('a try that fails as before does not lengthen the pause; one that fails for somebody else does', () => {
  const { breaker, pass } = atHand()
  for (let i = 0; i < FAILURES; i++) go(breaker).tell('down', `party-${i}`)
  pass(seconds(10))
  go(breaker).tell('down', 'party-0')
  go(breaker).tell('down', 'acme')
  expect(breaker.ask()).toEqual({ kind: 'wait', ms: seconds(20) })
})

test('a try that takes long holds nobody up for longer than others may wait, and says for how long', () => {
  const { breaker, pass } = halfOpen()
  const slow = go(breaker)
  expect(breaker.ask()).toEqual({ kind: 'wait', ms: LONGEST_TRY })
  pass(LONGEST_TRY - 1)
  expect(breaker.ask()).toEqual({ kind: 'wait', ms: 1 })
  pass(1)
  go(breaker).tell('up')
  slow.tell('silent')
  expect([breaker.ask().kind, breaker.ask().kind]).toEqual(['go', 'go'])
})

test('tries that show nothing do not keep it half open for ever: it closes on trial', () => {
  const { breaker, pass } = halfOpen()
  const slow = Array.from({ length: EMPTY_TRIES }, () => {
    const leave = go(breaker)
    expect(breaker.ask().kind).toBe('wait')
    pass(LONGEST_TRY)
    return leave
  })
  expect([breaker.ask().kind, breaker.ask().kind]).toEqual(['go', 'go'])
  slow.forEach((leave) => {
    leave.tell('silent')
  })
  expect(breaker.health().ok).toBe(true)
  go(breaker).tell('down')
  expect(breaker.ask()).toEqual({ kind: 'wait', ms: seconds(20) })
})

test('a try that fails late, when another has opened it again, says nothing new', () => {
  const { breaker, pass } = halfOpen()
  const slow = go(breaker)
  pass(LONGEST_TRY)
  go(breaker).tell('down', 'acme')
  slow.tell('down', 'nordwind')
  expect(breaker.ask()).toEqual({ kind: 'wait', ms: seconds(20) })
})

test('calls that were under way when it opened do not lengthen the pause', () => {
  const { breaker, pass } = atHand()
  const late = Array.from({ length: FAILURES + 3 }, () => go(breaker))
  late.forEach((leave) => {
    leave.tell('down')
  })
  pass(seconds(10))
  expect(breaker.ask().kind).toBe('go')
})

test('a wait that ends between two readings of the clock is no wait of nothing', () => {
  let [now, isPassing] = [0, false]
  const breaker = createBreaker(() => (isPassing ? (now += seconds(5)) : now))
  fail(breaker, FAILURES)
  isPassing = true
  // Half of it is over when the clock is read first, and all of it at a second reading.
  expect(breaker.ask()).toEqual({ kind: 'wait', ms: seconds(5) })
})
