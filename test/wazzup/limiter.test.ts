import { expect, test } from 'vitest'
import { createRateWindows } from '../../src/sandbox/wazzup/rate-windows.ts'
import type { CallOutcome } from '../../src/wazzup/authorized-call.ts'
import { createLimitedCall } from '../../src/wazzup/limiter.ts'
import { drivenTime } from '../support/driven-time.ts'
import { DONE } from '../support/upload-at-hand.ts'

const REFUSED: CallOutcome = { kind: 'rate_limited', status: 429, retryAfter: null }

interface Around {
  /** Customers at a time; each has so many requests to send. */
  customers: readonly string[]
  requests: number
  /** What Wazzup counts by, and how many it takes in three seconds. */
  by: (apiKey: string) => string
  takes: number
  /** Those whose own handlers use up what Wazzup takes of their key. */
  busy?: readonly string[]
}

/** Each sends one request after the other; after a 429 it waits for five seconds, as an upload does. Four are at work at a time. */
async function sendAll({ customers, requests, by, takes, busy = [] }: Around) {
  const { now, sleep, run } = drivenTime()
  const windows = createRateWindows(() => new Date(now()))
  let refusals = 0
  const call = createLimitedCall(
    async ({ apiKey }) => {
      const isBusy = busy.includes(apiKey)
      const wait = isBusy ? 1 : windows.take(by(apiKey), { limit: takes, window: 3000 })
      await sleep(80)
      if (wait !== null && !isBusy) refusals += 1
      return wait === null ? DONE : REFUSED
    },
    { limit: 400, window: 5000, monotonic: now, sleep },
  )
  const queue = customers.map((apiKey) => ({
    apiKey,
    left: busy.includes(apiKey) ? Infinity : requests,
    due: 0,
  }))
  const ends = new Map<string, number>()
  const isOver = () => ends.size === customers.length - busy.length
  async function work() {
    while (!isOver()) {
      const one = queue.find(({ due }) => due <= now())
      if (!one) {
        await sleep(50)
        continue
      }
      queue.splice(queue.indexOf(one), 1)
      const { kind } = await call({ method: 'POST', path: '/v3/contacts', apiKey: one.apiKey })
      one.due = kind === 'done' ? now() : now() + 5000
      if (kind === 'done') one.left -= 1
      if (one.left > 0) queue.push(one)
      else ends.set(one.apiKey, now())
    }
  }
  await run(Promise.all(Array.from({ length: 4 }, work)))
  return { refusals, lasted: now(), ends }
}

const names = (count: number) => Array.from({ length: count }, (_, n) => `customer ${n}`)

test.each([
  // Without a common measure 88 are refused, and 4820.
  { customers: 8, requests: 12, takes: 8, most: 44, lasts: 70 },
  { customers: 100, requests: 20, takes: 40, most: 200, lasts: 300 },
])('where Wazzup counts by address, its first refusals slow all down: %o', async (around) => {
  const customers = names(around.customers)
  const { refusals, lasted } = await sendAll({ ...around, customers, by: () => 'us' })
  expect(refusals).toBeLessThan(around.most)
  expect(lasted / 1000).toBeLessThan(around.lasts)
})

test.each([1, 2, 5])(
  'where it counts by key, %i customers who use theirs up slow none of a hundred others down',
  async (count) => {
    const honest = names(100)
    const around = { requests: 20, by: (apiKey: string) => apiKey, takes: 500 }
    const alone = await sendAll({ ...around, customers: honest })
    const busy = Array.from({ length: count }, (_, n) => `busy ${n}`)
    const beside = await sendAll({ ...around, customers: [...busy, ...honest], busy })
    expect(beside.refusals).toBe(0)
    for (const one of honest)
      expect(beside.ends.get(one)).toBeLessThan(1.05 * (alone.ends.get(one) ?? 0) + 100)
  },
)

test('the common measure is given up when Wazzup refuses nobody any more', async () => {
  let isFull = false
  const { now, sleep, run } = drivenTime()
  const call = createLimitedCall(async () => (await sleep(10), isFull ? REFUSED : DONE), {
    ...{ limit: 400, window: 5000, monotonic: now, sleep },
  })
  const timeOf = async (count: number, apiKey: string) => {
    const began = now()
    for (let n = 0; n < count; n += 1) await run(call({ method: 'GET', path: '/', apiKey }))
    return now() - began
  }
  await timeOf(20, 'one')
  isFull = true
  await timeOf(1, 'one')
  await timeOf(1, 'two')
  isFull = false
  expect(await timeOf(1, 'three')).toBeGreaterThan(4000)
  await run(sleep(120_000))
  expect(await timeOf(100, 'three')).toBe(1000)
})
