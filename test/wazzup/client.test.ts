import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { createWazzupClient } from '../../src/wazzup/client.ts'

const servers: Server[] = []
const sockets: Socket[] = []
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
  for (const server of servers.splice(0)) server.close()
})

/** A server that is not HTTP enough for a framework: `serve` gets the raw socket once the request has arrived. */
async function listen(serve: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined)
    socket.once('data', () => {
      serve(socket)
    })
  })
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return portOf(server)
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

async function post(port: number, deadline = 5000) {
  const client = createWazzupClient({
    apiUrl: new URL(`http://127.0.0.1:${port}`),
    deadline,
    maxAnswer: 1024,
  })
  try {
    return await client.send({ method: 'POST', path: '/v3/connect', body: { state: 's' }, once: true })
  } finally {
    await client.close()
  }
}

const head = (length: number) =>
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`

describe('no answer', () => {
  test('a refused connection: certainly not sent', async () => {
    const port = await listen(() => undefined)
    servers[0]?.close()
    expect(await post(port)).toEqual({ kind: 'no_answer', sent: false, code: 'ECONNREFUSED' })
  })

  test('an unknown name: certainly not sent', async () => {
    const client = createWazzupClient({
      apiUrl: new URL('http://wazzup.invalid'),
      deadline: 5000,
      maxAnswer: 1,
    })
    expect(await client.send({ method: 'POST', path: '/', body: {} })).toEqual({
      kind: 'no_answer',
      sent: false,
      code: 'ENOTFOUND',
    })
    await client.close()
  })

  test('no TLS where TLS is expected: certainly not sent', async () => {
    const port = await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    const client = createWazzupClient({
      apiUrl: new URL(`https://127.0.0.1:${port}`),
      deadline: 5000,
      maxAnswer: 1,
    })
    expect(await client.send({ method: 'POST', path: '/', body: {} })).toMatchObject({
      kind: 'no_answer',
      sent: false,
    })
    await client.close()
  })

  test('a reset after the request: maybe sent', async () => {
    const port = await listen((socket) => socket.resetAndDestroy())
    expect(await post(port)).toMatchObject({ kind: 'no_answer', sent: true })
  })

  test('silence: the deadline ends it', async () => {
    const port = await listen(() => undefined)
    expect(await post(port, 200)).toEqual({ kind: 'no_answer', sent: true, code: 'deadline' })
  })

  test('a trickle of bytes cannot outlast the deadline', async () => {
    const port = await listen((socket) => {
      socket.write(head(1000))
      const drip = setInterval(() => socket.write('x'), 20)
      socket.once('close', () => {
        clearInterval(drip)
      })
    })
    expect(await post(port, 300)).toEqual({ kind: 'no_answer', sent: true, code: 'deadline' })
  })

  test('an answer cut short: maybe sent', async () => {
    const port = await listen((socket) => socket.end(`${head(100)}{"data":`))
    expect(await post(port)).toMatchObject({ kind: 'no_answer', sent: true })
  })

  test('closing the client ends what still waits', async () => {
    const arrived = Promise.withResolvers<undefined>()
    const port = await listen(() => {
      arrived.resolve(undefined)
    })
    const apiUrl = new URL(`http://127.0.0.1:${port}`)
    const client = createWazzupClient({ apiUrl, deadline: 60_000, maxAnswer: 1 })
    void arrived.promise.then(() => client.close())
    expect(await client.send({ method: 'POST', path: '/', body: {} })).toMatchObject({
      kind: 'no_answer',
      sent: true,
    })
  })
})

test('a huge answer is cut off at the limit', async () => {
  const port = await listen((socket) => socket.end(`${head(5000)}${'x'.repeat(5000)}`))
  expect(await post(port)).toMatchObject({
    kind: 'answer',
    answer: { status: 200, body: null, tooLarge: true },
  })
})

test('what must not happen twice has a connection of its own, also while one is kept', async () => {
  const [kept, own] = [[] as Socket[], [] as Socket[]]
  const server = createHttpServer((request, response) => {
    ;(request.method === 'POST' ? own : kept).push(request.socket)
    response.end('{}')
  })
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = createWazzupClient({
    apiUrl: new URL(`http://127.0.0.1:${portOf(server)}`),
    deadline: 5000,
    maxAnswer: 1024,
  })
  const get = () => client.send({ method: 'GET', path: '/v3/channels' })
  await get()
  // A connection is used again once the turn that has read its answer is over.
  await setImmediate()
  for (let calls = 0; calls < 2; calls++)
    await client.send({ method: 'POST', path: '/v3/connect', body: { state: 's' }, once: true })
  await get()
  await client.close()
  expect(new Set(own).size).toBe(2)
  expect(new Set(kept).size).toBe(1)
  expect(kept).not.toContain(own[0])
})
