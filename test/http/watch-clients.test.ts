import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import {
  CROWDED,
  LEAST_READ,
  LOOK_EVERY,
  MOST_UNANSWERED,
  PATIENCE,
  SLOW_CLIENTS,
} from '../../src/http/client-limits.ts'
import { watchClients } from '../../src/http/watch-clients.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { seconds } from '../../src/shared/clock.ts'
import { collectLog } from '../support/log-lines.ts'
import { eachOfFirst, LONG } from '../support/long.ts'

/** One write, and far more than the system takes for a client: a client owes its reading all the time. */
const ANSWER = Buffer.alloc(30 * 1024 * 1024)

async function serve(answer: RequestListener = (_request, response) => response.end(ANSWER)) {
  const log = collectLog()
  const server = createServer({ ...SLOW_CLIENTS, ...SLOW_CLIENTS.http }, answer)
  watchClients(server, createLogger('info', log.destination))
  const sockets: Socket[] = []
  server.on('connection', (socket) => sockets.push(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const ask = (request = 'GET / HTTP/1.1\r\nhost: x\r\n\r\n') => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').pause()
    socket.on('error', () => undefined)
    socket.write(request)
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
  const bytesRead = () => sockets.reduce((sum, socket) => sum + socket.bytesRead, 0)
  return { ask, open, log, bytesRead }
}

test('a client that reads slowly gets all of a large answer', LONG, async () => {
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

eachOfFirst(1)([
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

describe('all in one piece', () => {
  const BLANK_LINES = 'A paragraph, and GET / HTTP/1.1\r\n\r\n'.repeat(400)
  const head = (headers: string) => `POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${headers}\r\n\r\n`

  test.each([
    ['of a known length', `${head(`content-length: ${BLANK_LINES.length}`)}${BLANK_LINES}`],
    [
      'in chunks',
      `${head('transfer-encoding: chunked')}${BLANK_LINES.length.toString(16)}\r\n${BLANK_LINES}\r\n0\r\n\r\n`,
    ],
  ])('a body %s that is full of blank lines comes to its route', async (_how, request) => {
    const { ask } = await serve((incoming, response) => {
      void text(incoming).then((body) => response.end(String(body === BLANK_LINES)))
    })
    expect(await text(ask(request))).toMatch(/^HTTP\/1.1 200 [^]*true/)
  })

  test('requests with large answers that come at once are all answered', async () => {
    const { ask } = await serve((_request, response) => response.end('a'.repeat(100_000)))
    const padding = 'a'.repeat(1000)
    const request = `GET / HTTP/1.1\r\nhost: x\r\nx-padding: ${padding}\r\n\r\n`
    const last = request.replace('x-padding', 'connection: close\r\nx-padding')
    const answers = await text(ask(request.repeat(MOST_UNANSWERED - 1) + last))
    expect(answers.split('HTTP/1.1 200 ')).toHaveLength(MOST_UNANSWERED + 1)
  })

  test.each([
    ['', 'GET / HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['with a small body', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\n\r\na'],
    ['that Node refuses, as they name no host', 'GET / HTTP/1.1\r\n\r\n'],
    ['that Node refuses, as they expect something', 'GET / HTTP/1.1\r\nhost: x\r\nexpect: y\r\n\r\n'],
  ])('of 1300 requests %s few cost anything', async (_what, request) => {
    let made = 0
    const count = () => {
      made += 1
    }
    subscribe('http.server.request.start', count)
    onTestFinished(() => {
      unsubscribe('http.server.request.start', count)
    })
    const { ask, open } = await serve((_request, response) => response.end())
    await once(ask(request.repeat(1300)).resume(), 'close')
    await expect.poll(open).toBe(0)
    expect(made).toBeLessThan(5 * MOST_UNANSWERED)
  })
})

test('where it is crowded, a request that is just arriving is no idle connection', async () => {
  // Only the looks: everything else takes the time that it takes.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => {
    vi.useRealTimers()
  })
  const { ask, open, bytesRead } = await serve((_request, response) => response.end('fine'))
  const socket = ask().setEncoding('latin1').resume()
  await once(socket, 'data')
  for (let silent = 0; silent < CROWDED.connections; silent += 100) {
    await Promise.all(Array.from({ length: 100 }, () => once(ask(''), 'connect')))
  }
  await expect.poll(open).toBe(CROWDED.connections + 1)
  vi.advanceTimersByTime(CROWDED.looks * LOOK_EVERY)
  const before = bytesRead()
  socket.write('GET / HTTP/1.1\r\nhost:')
  await expect.poll(bytesRead).toBeGreaterThan(before)
  vi.advanceTimersByTime(LOOK_EVERY)
  await expect.poll(open).toBe(1)
  socket.write(' x\r\n\r\n')
  expect(await once(socket, 'data')).toEqual([expect.stringMatching(/^HTTP\/1.1 200 /)])
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
