import fastify from 'fastify'
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { drainable } from '../../src/http/drain.ts'
import { seconds } from '../../src/shared/clock.ts'

/** More than the system takes for a client that does not read. */
const LARGE = Buffer.alloc(30 * 1024 * 1024)

async function leaving(answer: () => Promise<unknown>) {
  const app = fastify()
  const drain = drainable(app)
  const asked = new Promise<void>((resolve) => {
    app.get('/', () => {
      resolve()
      return answer()
    })
  })
  const { port } = new URL(await app.listen({ port: 0, host: '127.0.0.1' }))
  const socket = connect(Number(port), '127.0.0.1').pause()
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  await asked
  const began = performance.now()
  const closed = drain.close().then(() => performance.now() - began)
  return { socket, closed }
}

test('an answer that nobody reads is not waited for', async () => {
  const { socket, closed } = await leaving(() => pause(300, LARGE))
  expect(await closed).toBeLessThan(seconds(2))
  socket.resume().on('error', () => undefined)
  await once(socket, 'close')
})

test('an answer that takes its time here is waited for, and read to its end', async () => {
  const { socket, closed } = await leaving(() => pause(seconds(2), LARGE))
  expect((await text(socket)).length).toBeGreaterThan(LARGE.length)
  expect(await closed).toBeGreaterThanOrEqual(seconds(2) - 5)
})
