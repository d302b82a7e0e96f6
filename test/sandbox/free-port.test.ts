import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { freePorts } from '../../src/sandbox/free-port.ts'

/** Below what the service and the tests use. */
const SPAN = { lowest: 18_000, end: 18_012 }

test('no port is given twice before all have been given, and none on which somebody listens', async () => {
  const nextPort = freePorts({ lowest: 18_100, end: 18_106 }, 6)
  const taken = createServer().listen(18_103, '127.0.0.1')
  await once(taken, 'listening')
  const given = [await nextPort(), await nextPort(), await nextPort(), await nextPort()]
  taken.close()
  await once(taken, 'close')
  expect(given).toEqual([18_101, 18_102, 18_104, 18_105])
})

test('processes that look at the same time have shares of their own, until there is none left', async () => {
  const processes = [freePorts(SPAN, 6), freePorts(SPAN, 6)]
  const given = await Promise.all(processes.flatMap((next) => [next(), next(), next()]))
  expect(new Set(given).size).toBe(6)
  await expect(freePorts(SPAN, 6)()).rejects.toThrow('too many of these processes')
})
