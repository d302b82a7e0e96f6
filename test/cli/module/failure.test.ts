import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { failureOf } from '../../../src/cli/module/failure.ts'
import { createWazzupClient } from '../../../src/wazzup/client.ts'
import { createMarketplace } from '../../../src/wazzup/marketplace.ts'

/** What the operator is told when Wazzup does `answer` to a change; half a second is waited for it. */
async function told(answer: (socket: Socket) => void) {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => undefined))
    socket.once('data', () => {
      answer(socket)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = createWazzupClient({
    apiUrl: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    ...{ deadline: 500, maxAnswer: 1024 },
  })
  onTestFinished(async () => {
    await client.close()
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const outcome = await createMarketplace(client, 'an-api-key', () => new Date()).register({
    ...{ crmCode: 'acme', secret: 'a-secret', authRedirectUri: '' },
  })
  if (outcome.kind === 'done') throw new Error('it was done')
  return failureOf(outcome, 'what is usual')
}

const UNKNOWN = {
  changed: null,
  problem: expect.stringContaining('It is unknown whether the change was made') as string,
  next: expect.stringContaining('that is safe') as string,
}

test('a time-out, a cut connection, half an answer: unknown whether it was made, repeating is safe', async () => {
  const silent = await told(() => undefined)
  expect(silent).toMatchObject({ ...UNKNOWN, status: null, code: 'deadline' })
  expect(await told((socket) => socket.destroy())).toMatchObject({ ...UNKNOWN, status: null })
  const half = 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{'
  expect(await told((socket) => socket.end(half))).toMatchObject(UNKNOWN)
})

test('a refusal was not made, and the usual reason comes along', async () => {
  const refusal = 'HTTP/1.1 409 Conflict\r\ncontent-length: 16\r\n\r\n{"error":"TAKEN"}'
  expect(await told((socket) => socket.end(refusal))).toMatchObject({ changed: false, next: 'what is usual' })
})
