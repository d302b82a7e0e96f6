import { expect, test } from 'vitest'
import { createBreaker, FAILURES, type Breaker, type Leave } from '../../src/upstream/breaker.ts'
import { after, seconds } from '../../src/shared/clock.ts'
import { NOON } from '../support/attempts.ts'

function atHand() {
  let now = NOON
  const breaker = createBreaker(() => now)
  const pass = (ms: number) => {
    now = after(now, ms)
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
    detail: 'breaker open for 1 s more: no usable answer to 5 calls in a row',
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

test('a try that shows nothing makes room for the next', () => {
  const { breaker, pass } = atHand()
  fail(breaker, FAILURES)
  pass(seconds(10))
  go(breaker).tell('silent')
  go(breaker).tell('up')
  expect(breaker.health().ok).toBe(true)
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
