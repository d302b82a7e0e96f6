// @module-tag long
import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { MOST_WAITING } from '../../src/store/change.ts'
import { onlyLoopback } from '../support/service-process.ts'

const RUNNER = fileURLToPath(new URL('../support/run-changes.ts', import.meta.url))

interface Contact {
  id: string
  name: string
}

/** A server that takes contacts as Wazzup does, as fast as they come. */
async function startTaker() {
  const held = new Map<string, string>()
  const requests: number[] = []
  const server = createServer((request, response) => {
    void json(request).then((rows) => {
      for (const { id, name } of rows as Contact[]) held.set(id, name)
      requests.push((rows as Contact[]).length)
      response.end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  return { held, requests, url: `http://127.0.0.1:${port}` }
}

/** So many changes of one customer, taken and sent by a process of their own. */
async function pass(changes: number) {
  const wazzup = await startTaker()
  const child = spawn(process.execPath, [...onlyLoopback, '--expose-gc', RUNNER], {
    env: { PATH: process.env['PATH'], WAZZUP_API_URL: wazzup.url, CHANGES: String(changes) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  await once(child, 'close')
  return { ...(JSON.parse(output) as Told), ...wazzup }
}

interface Told {
  oneMore: [number, string | null]
  found: object
  left: number
  accepting: number
  sending: number
}

const MiB = 1024 * 1024

/** A busy machine may be ten times slower. */
const LONG = { timeout: 900_000 }

test(
  '100 000 changes are taken and sent in the memory that 1 000 take, and each id ends as it was changed last',
  LONG,
  async () => {
    const few = await pass(1000)
    const many = await pass(MOST_WAITING)
    expect(few.oneMore[0]).toBe(202)
    expect(many.oneMore).toEqual([429, expect.stringMatching(/^[1-9]\d*$/)])
    expect(many.found).toMatchObject({
      waiting: 0,
      oldest: null,
      sent: MOST_WAITING,
      rejected: 0,
      dropped: 0,
    })
    expect(many.left).toBe(0)
    expect(many.held.size).toBe(MOST_WAITING)
    expect(new Set(many.held.values())).toEqual(new Set(['last']))
    expect(many.requests).toHaveLength(MOST_WAITING / 100)
    for (const phase of ['accepting', 'sending'] as const)
      expect([phase, (many[phase] - few[phase]) / MiB < 16]).toEqual([phase, true])
  },
)
