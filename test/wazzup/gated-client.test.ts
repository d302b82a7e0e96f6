import { describe, expect, test, vi } from 'vitest'
import { createGate, type Sign } from '../../src/upstream/gate.ts'
import { systemMonotonic } from '../../src/shared/clock.ts'
import type { Call, Exchanged, WazzupClient } from '../../src/wazzup/client.ts'
import { createGatedClient } from '../../src/wazzup/gated-client.ts'

const CONNECT: Call = { method: 'POST', path: '/v3/connect', body: {}, once: true }
const KEYED: Call = { method: 'POST', path: '/v3/contacts', body: {}, apiKey: 'an-api-key' }

const answer = (status: number): Exchanged => ({
  kind: 'answer',
  answer: { status, headers: {}, body: null, tooLarge: false },
})
const noAnswer = (code: string, sent: boolean): Exchanged => ({ kind: 'no_answer', sent, code })

/** A call of one customer after another. */
const ofOthers = (call: Call) => (i: number) =>
  call.apiKey === undefined ? { ...call, about: `customer-${i}` } : { ...call, apiKey: `${call.apiKey}-${i}` }

/** A client that is answered this, five times; and what the sixth caller gets. */
async function sixth(exchanged: Exchanged, callOf: (i: number) => Call) {
  let sent = 0
  const client: WazzupClient = {
    async send() {
      sent += 1
      return exchanged
    },
    close: async () => undefined,
  }
  const rejectedByGate: string[] = []
  const gated = createGatedClient(client, {
    ...{ gate: createGate(systemMonotonic), monotonic: systemMonotonic, deadline: 15_000 },
    rejectedByGate: (why) => rejectedByGate.push(why),
  })
  for (let i = 0; i < 5; i++) await gated.send(callOf(i))
  const last = await gated.send(callOf(5))
  return { last, sent, rejectedByGate }
}

describe('what speaks of Wazzup being down', () => {
  test.each<[string, Exchanged, Call, Sign]>([
    ['503 to a connect', answer(503), CONNECT, 'down'],
    ['500 to a connect', answer(500), CONNECT, 'down'],
    ['502 to a batch', answer(502), KEYED, 'down'],
    ['500 to a batch, which may be about one of its rows', answer(500), KEYED, 'silent'],
    ['a reset', noAnswer('ECONNRESET', true), CONNECT, 'down'],
    ['a refused connection', noAnswer('ECONNREFUSED', false), CONNECT, 'down'],
    ['silence to a connect', noAnswer('deadline', true), CONNECT, 'down'],
    ['silence to a batch, which may be over one of its rows', noAnswer('deadline', true), KEYED, 'silent'],
    ['504 to a batch, for the same reason', answer(504), KEYED, 'silent'],
    [
      'a call that we gave up',
      noAnswer('AbortError', true),
      { ...KEYED, signal: AbortSignal.abort() },
      'silent',
    ],
    ['400', answer(400), CONNECT, 'up'],
    ['401', answer(401), KEYED, 'up'],
    ['429', answer(429), CONNECT, 'up'],
  ])('%s', async (_what, exchanged, call, sign) => {
    const { last, sent, rejectedByGate } = await sixth(exchanged, ofOthers(call))
    expect(sent).toBe(sign === 'down' ? 5 : 6)
    expect(rejectedByGate).toEqual(sign === 'down' ? ['breaker_open'] : [])
    expect(last).toMatchObject(
      sign === 'down' ? { kind: 'no_answer', sent: false, code: 'breaker_open' } : exchanged,
    )
  })
})

describe('one customer alone', () => {
  test.each<[string, Exchanged, Call]>([
    ['whose states Wazzup chokes on', answer(500), { ...CONNECT, about: 'acme' }],
    ['whose state it hangs over', noAnswer('deadline', true), { ...CONNECT, about: 'acme' }],
    ['whose state a gateway answers for', answer(503), { ...CONNECT, about: 'acme' }],
    ['whose row breaks the gateway', answer(502), KEYED],
    ['whose row resets the line', noAnswer('ECONNRESET', true), KEYED],
  ])('%s keeps nobody out', async (_what, exchanged, call) => {
    const { sent, rejectedByGate } = await sixth(exchanged, () => call)
    expect([sent, rejectedByGate]).toEqual([6, []])
  })
})

test('the time at the gate is part of the deadline', async () => {
  const deadlines: (number | undefined)[] = []
  const ends: (() => void)[] = []
  const client: WazzupClient = {
    send: ({ deadline }) =>
      new Promise((resolve) => {
        deadlines.push(deadline)
        ends.push(() => {
          resolve(answer(200))
        })
      }),
    close: async () => undefined,
  }
  const limits = { places: 1, queue: 1, patience: 60_000 }
  const gated = createGatedClient(client, {
    ...{
      gate: createGate(systemMonotonic, limits),
      deadline: 15_000,
      monotonic: systemMonotonic,
      rejectedByGate: () => undefined,
    },
  })
  const began = performance.now()
  const both = Promise.all([gated.send(CONNECT), gated.send(CONNECT)])
  await vi.waitFor(() => {
    expect(performance.now() - began).toBeGreaterThan(20)
  })
  ends[0]?.()
  await vi.waitFor(() => {
    expect(ends).toHaveLength(2)
  })
  ends[1]?.()
  await both
  expect(deadlines[0]).toBeGreaterThan(deadlines[1] ?? 0)
  expect(deadlines[1]).toBeLessThanOrEqual(14_981)
})
