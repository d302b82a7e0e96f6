import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { freePorts } from '../../src/sandbox/free-port.ts'
import { freePort } from '../support/free-port.ts'

test('no port is given twice before all have been given, and none on which somebody listens', async () => {
  const lowest = await freePort()
  const nextPort = freePorts({ lowest, end: lowest + 6 })
  const taken = createServer().listen(lowest + 2, '127.0.0.1')
  await once(taken, 'listening')
  const given = [await nextPort(), await nextPort(), await nextPort(), await nextPort()]
  taken.close()
  await once(taken, 'close')
  expect(new Set(given).size).toBe(4)
  expect(given).not.toContain(lowest + 2)
})
