import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { Agent } from 'undici'
import { afterEach, expect, test } from 'vitest'
import { exchange } from '../../src/upstream/exchange.ts'
import { TooLarge, Undecodable } from '../../src/upstream/read-body.ts'

let agent = new Agent()
const servers: Server[] = []
afterEach(async () => {
  await agent.destroy()
  agent = new Agent()
  for (const server of servers.splice(0)) server.close()
})

/** Answers every request with these bytes, and leaves the connection open. */
async function answering(...bytes: (string | Uint8Array)[]) {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined)
    socket.on('data', () => {
      for (const some of bytes) socket.write(some)
    })
  })
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  return { sockets, request: { origin, path: '/', method: 'GET' } as const }
}

const TERMS = { deadline: 5000, limit: 1000 }
const OK = 'HTTP/1.1 200 OK\r\n'

test('the answer is the last that comes: those that only say that it will are passed over', async () => {
  const { request } = await answering(
    'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n',
    `${OK}content-length: 2\r\n\r\n{}`,
  )
  expect(await exchange(agent, request, TERMS)).toMatchObject({ status: 200, body: '{}' })
})

test('what nobody waits for any more is not sent, or cut off', async () => {
  const { request, sockets } = await answering()
  const early = exchange(agent, request, { ...TERMS, signal: AbortSignal.abort(new Error('early')) })
  await expect(early).rejects.toThrow('early')
  const controller = new AbortController()
  const late = exchange(agent, request, { ...TERMS, signal: controller.signal })
  void expect
    .poll(() => sockets.length)
    .toBeGreaterThan(0)
    .then(() => {
      controller.abort(new Error('late'))
    })
  await expect(late).rejects.toThrow('late')
  await expect.poll(() => sockets.every(({ destroyed }) => destroyed)).toBe(true)
})

test.each<[string, string, string | Uint8Array, typeof TooLarge | typeof Undecodable]>([
  ['longer than is allowed', '', 'x'.repeat(1001), TooLarge],
  ['that becomes too long', 'content-encoding: gzip\r\n', gzipSync('x'.repeat(100_000)), TooLarge],
  ['packed in a way that is not known', 'content-encoding: odd\r\n', 'xxxx', Undecodable],
])('a body %s leaves the status, and its connection is not read further', async (_, header, body, reason) => {
  const chunk = `${body.length.toString(16)}\r\n`
  const { request, sockets } = await answering(
    ...[`${OK}${header}transfer-encoding: chunked\r\n\r\n`, chunk, body, '\r\n1\r\nx\r\n'],
    // One that is whole would be kept.
    ...(header === '' ? [] : ['0\r\n\r\n']),
  )
  const reply = await exchange(agent, request, TERMS)
  expect(reply.status).toBe(200)
  expect(reply.body).toBeInstanceOf(reason)
  if (header === '') await expect.poll(() => sockets.every(({ destroyed }) => destroyed)).toBe(true)
})

test.each([
  ['is longer than is allowed', 'content-length: 2000\r\n\r\n', 'x'.repeat(1001)],
  ['never ends', 'content-length: 2\r\n\r\n', 'x'],
])('where the head says all, it counts though the body %s', async (_how, rest, body) => {
  const { request, sockets } = await answering(`HTTP/1.1 410 Gone\r\n${rest}`, body)
  const reply = await exchange(agent, request, { ...TERMS, deadline: 500, headOnly: true })
  expect(reply).toMatchObject({ status: 410, body: '' })
  await expect.poll(() => sockets.every(({ destroyed }) => destroyed)).toBe(true)
})

test('where the head says all, a body that nobody can read leaves the connection for the next request', async () => {
  const { request, sockets } = await answering(`${OK}content-encoding: odd\r\ncontent-length: 4\r\n\r\nxxxx`)
  for (let i = 0; i < 2; i++) {
    expect(await exchange(agent, request, { ...TERMS, headOnly: true })).toMatchObject({ status: 200 })
    // The client gives a connection back at the end of this turn.
    await turn()
  }
  expect(sockets).toHaveLength(1)
})

test('where the head says all, none is an error', async () => {
  const { request } = await answering()
  const asked = exchange(agent, request, { ...TERMS, deadline: 50, headOnly: true })
  await expect(asked).rejects.toMatchObject({ name: 'TimeoutError' })
})
