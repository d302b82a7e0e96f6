import fastifyRateLimit from '@fastify/rate-limit'
import fastify from 'fastify'
import { expect, onTestFinished, test, vi } from 'vitest'
import { windowCounts } from '../../src/http/window-counts.ts'
import { hours, minutes, seconds } from '../../src/shared/clock.ts'

/** A listener with two limits, of two requests a minute each; answers how long to wait, or 0. */
async function listener() {
  let now = 1234.5
  const app = fastify()
  onTestFinished(() => app.close())
  await app.register(fastifyRateLimit, { global: false, store: windowCounts(() => now) })
  for (const path of ['/one', '/other']) {
    const count = app.createRateLimit({ max: 2, timeWindow: minutes(1) })
    app.get(path, async (request) => {
      const counted = await count(request)
      return !counted.isAllowed && counted.isExceeded ? counted.ttlInSeconds : 0
    })
  }
  return {
    ask: async (path = '/one', address = '192.0.2.1') =>
      Number((await app.inject({ path, remoteAddress: address })).body),
    pass: (ms: number) => (now += ms),
  }
}

test('a limit counts for a minute from the first request on, each address and each limit by itself', async () => {
  const { ask, pass } = await listener()
  expect([await ask(), await ask(), await ask()]).toEqual([0, 0, 60])
  expect([await ask('/other'), await ask('/one', '192.0.2.2')]).toEqual([0, 0])
  pass(seconds(59))
  expect(await ask()).toBe(1)
  pass(seconds(1))
  expect(await ask()).toBe(0)
})

test.each([
  ['back', -hours(1)],
  ['forward', hours(1)],
])(
  'a clock that is set %s by an hour neither locks anybody out nor lets anybody in',
  async (_where, step) => {
    const { ask, pass } = await listener()
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
    onTestFinished(() => void vi.useRealTimers())
    expect([await ask(), await ask()]).toEqual([0, 0])
    vi.setSystemTime(Date.now() + step)
    expect(await ask()).toBe(60)
    pass(minutes(1))
    expect(await ask()).toBe(0)
  },
)
