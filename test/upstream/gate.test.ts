import { expect, test } from 'vitest'
import { createGate, type Pass } from '../../src/upstream/gate.ts'
import { systemMonotonic } from '../../src/shared/clock.ts'

const limits = { places: 2, queue: 1, patience: 50 }

function done(pass: Pass) {
  if (pass.kind === 'refused') throw new Error(pass.code)
  pass.done('up')
}

test('so many at a time: the next waits for a place, in its turn', async () => {
  const gate = createGate(systemMonotonic, { ...limits, patience: 60_000 })
  const inside = [await gate.enter(), await gate.enter()]
  const order: number[] = []
  const waiting = gate.enter().then((pass) => {
    order.push(3)
    done(pass)
  })
  order.push(1)
  inside.forEach(done)
  await waiting
  expect(order).toEqual([1, 3])
})

test('who waits too long, or finds the queue full, is told when to ask again', async () => {
  const gate = createGate(systemMonotonic, limits)
  const inside = [await gate.enter(), await gate.enter()]
  const full = { kind: 'refused', code: 'too_many_calls', wait: 2000 }
  expect(await Promise.all([gate.enter(), gate.enter()])).toEqual([full, full])
  inside.forEach(done)
  const again = await Promise.all([gate.enter(), gate.enter()])
  again.forEach(done)
  expect(again.map(({ kind }) => kind)).toEqual(['go', 'go'])
})

test('who is refused by the breaker keeps no place', async () => {
  const gate = createGate(systemMonotonic, limits)
  for (let i = 0; i < 5; i++) {
    const pass = await gate.enter()
    if (pass.kind === 'go') pass.done('down')
  }
  for (let i = 0; i < 5; i++) expect(await gate.enter()).toMatchObject({ code: 'breaker_open' })
  expect(gate.health().ok).toBe(false)
})
