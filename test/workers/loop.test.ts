import { expect, test } from 'vitest'
import { createLogger } from '../../src/observability/logger.ts'
import { createLoop, type Work } from '../../src/workers/loop.ts'
import { collectLog } from '../support/log-lines.ts'

function start(work: Work, idle = 1) {
  const log = collectLog()
  const loop = createLoop(work, { name: 'test', idle, log: createLogger('info', log.destination) })
  loop.start()
  return { loop, log }
}

test('goes on at once while there is more to do', async () => {
  let left = 3
  const { loop } = start(async () => --left > 0, 60_000)
  await expect.poll(() => left).toBe(0)
  await loop.stop()
  expect(left).toBe(0)
})

test('leaves everything alone for as long as nothing can be done', async () => {
  const began = performance.now()
  const times: number[] = []
  const { loop } = start(async () => {
    times.push(performance.now() - began)
    return times.length === 1 ? 200 : true
  }, 60_000)
  await expect.poll(() => times.length).toBeGreaterThan(2)
  await loop.stop()
  expect(times[1]).toBeGreaterThan(190)
})

test('a piece that goes on by itself hears when the loop stops', async () => {
  let steps = 0
  const { loop } = start(async (mayGoOn) => {
    while (mayGoOn()) {
      steps += 1
      await new Promise((resolve) => setImmediate(resolve))
    }
    return true
  }, 60_000)
  await expect.poll(() => steps).toBeGreaterThan(10)
  await loop.stop()
  const then = steps
  await new Promise((resolve) => setImmediate(resolve))
  expect(steps).toBe(then)
})

test('a failure is logged and shown, does not end the loop, and is forgotten after a success', async () => {
  let calls = 0
  const { loop, log } = start(async () => {
    calls += 1
    if (calls < 3) throw new Error('out of order')
    return false
  })
  await expect.poll(() => log.events('worker.failed')).toHaveLength(2)
  expect(log.events('worker.failed')[0]).toMatchObject({ worker: 'test', failures: 1 })
  await expect.poll(() => loop.health()).toEqual({ ok: true, detail: 'running' })
  await loop.stop()
})

test('pieces that fail side by side count as one failure, and pause as after one', async () => {
  const [log, pauses] = [collectLog(), [] as number[]]
  const asleep = Promise.withResolvers<undefined>()
  const loop = createLoop(
    async () => {
      throw new Error('the database is away')
    },
    {
      ...{ name: 'test', idle: 1000, width: 4, log: createLogger('info', log.destination) },
      // Each has two pauses; the second lasts until the test ends.
      sleep: async (ms) => {
        pauses.push(ms)
        if (pauses.length > 4) await asleep.promise
      },
    },
  )
  loop.start()
  await expect.poll(() => pauses).toHaveLength(8)
  expect(pauses).toEqual([2000, 2000, 2000, 2000, 4000, 4000, 4000, 4000])
  expect(loop.health()).toEqual({ ok: false, detail: 'failed 2 times in a row' })
  expect(log.events('worker.failed').map(({ failures }) => failures)).toEqual([1, 1, 1, 1, 2, 2, 2, 2])
  asleep.resolve(undefined)
  await loop.stop()
})

test('while a piece takes longer than others should wait for it, they go on in its place', async () => {
  const hanging = Promise.withResolvers<boolean>()
  let begun = 0
  const work = async () => (++begun === 1 ? hanging.promise : false)
  const loop = createLoop(work, { name: 'test', idle: 1, patience: 20, log: createLogger('silent') })
  loop.start()
  await expect.poll(() => begun).toBeGreaterThan(3)
  hanging.resolve(false)
  await loop.stop()
})

test('a loop that keeps failing says so', async () => {
  const { loop } = start(async () => {
    throw new Error('out of order')
  })
  await expect.poll(() => loop.health().ok).toBe(false)
  await loop.stop()
})

test('stopping waits for the piece under way and starts no other', async () => {
  const begun = Promise.withResolvers<undefined>()
  const finish = Promise.withResolvers<boolean>()
  let calls = 0
  const { loop } = start(() => {
    calls += 1
    begun.resolve(undefined)
    return finish.promise
  })
  await begun.promise
  let stopped = false
  const stopping = loop.stop().then(() => {
    stopped = true
  })
  await Promise.resolve()
  expect(stopped).toBe(false)
  finish.resolve(true)
  await stopping
  expect(calls).toBe(1)
})
