import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { LEAST_READ, LOOK_EVERY, PATIENCE, SLOW_CLIENTS } from '../../src/http/slow-clients.ts'
import { watchClients } from '../../src/http/watch-clients.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { seconds } from '../../src/shared/clock.ts'
import { collectLog } from '../support/log-lines.ts'

/** One write, and far more than the system takes for a client: a client owes its reading all the time. */
const ANSWER = Buffer.alloc(30 * 1024 * 1024)

async function serve() {
  const log = collectLog()
  const server = createServer((_request, response) => response.end(ANSWER))
  watchClients(server, createLogger('info', log.destination))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const ask = () => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').pause()
    socket.on('error', () => undefined)
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
    onTestFinished(() => {
      socket.destroy()
    })
    return socket
  }
  const open = () =>
    new Promise<number>((resolve) => {
      server.getConnections((_error, count) => {
        resolve(count)
      })
    })
  return { ask, open, log }
}

test('a client that reads slowly gets all of a large answer', async () => {
  const { ask } = await serve()
  const socket = ask()
  const began = performance.now()
  let read = 0
  const slowly = setInterval(() => {
    for (let piece = 0; piece < 4; piece++) read += (socket.read() as Buffer | null)?.length ?? 0
  }, 30)
  await expect.poll(() => read, { interval: 100 }).toBeGreaterThan(ANSWER.length)
  clearInterval(slowly)
  expect(performance.now() - began).toBeGreaterThan(PATIENCE.reading * LOOK_EVERY)
})

test.each([
  ['does not read', 0],
  ['reads a byte a second', 1],
])('a client that %s is destroyed, and that is logged', async (_what, bytes) => {
  const { ask, open, log } = await serve()
  const socket = ask()
  const reading = setInterval(() => {
    if (bytes > 0) socket.read(bytes)
  }, 1000)
  await expect.poll(open, { interval: 20 }).toBe(1)
  const began = performance.now()
  await expect.poll(open, { interval: 20 }).toBe(0)
  clearInterval(reading)
  expect(performance.now() - began).toBeLessThan(seconds(20))
  await expect.poll(log.lines).toContainEqual(expect.objectContaining({ event: 'http.cut', reading: 1 }))
})

test('an idle connection outlives the 60 s for which a balancer keeps it', () => {
  expect(SLOW_CLIENTS.keepAliveTimeout).toBeGreaterThan(seconds(60))
})

test('every way of being slow ends within 20 s, also that of a client that begins honestly', () => {
  const { requestTimeout, http } = SLOW_CLIENTS
  const refused = (PATIENCE.closing + 2) * LOOK_EVERY
  expect(Math.max(requestTimeout, http.headersTimeout) + LOOK_EVERY + refused).toBeLessThan(seconds(20))
  expect((2 * PATIENCE.reading + 2) * LOOK_EVERY).toBeLessThan(seconds(20))
  // The slowest of phones.
  expect(LEAST_READ).toBeLessThan(5 * 1024)
})
