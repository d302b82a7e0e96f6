import { expect, test } from 'vitest'
import { hours } from '../../src/shared/clock.ts'
import { inTime, sleep } from '../../src/shared/sleep.ts'

test('a wait ends when it is aborted, and one that is aborted already does not begin', async () => {
  const stop = new AbortController()
  const waiting = sleep(hours(1), stop.signal)
  stop.abort()
  await expect(waiting).resolves.toBeUndefined()
  await expect(sleep(hours(1), stop.signal)).resolves.toBeUndefined()
})

test('a wait that is never aborted ends by itself', async () => {
  const stop = new AbortController()
  const began = performance.now()
  await sleep(20, stop.signal)
  expect(performance.now() - began).toBeGreaterThanOrEqual(19)
})

test('work that ends in time ends the wait for it, and leaves no timer', async () => {
  let ended: AbortSignal | undefined
  const wait = (ms: number, signal?: AbortSignal) => {
    ended = signal
    return sleep(ms, signal)
  }
  const before = timers()
  expect(await inTime(Promise.resolve('done'), hours(1), wait)).toBe('done')
  expect(ended?.aborted).toBe(true)
  expect(timers()).toBe(before)
  expect(await inTime(new Promise(() => undefined), 1, sleep)).toBeNull()
})

const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
