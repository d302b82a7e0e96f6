import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { startSandbox } from '../../src/sandbox/start-sandbox.ts'
import { onlyLoopback } from '../support/service-process.ts'
import { expectComplete } from '../support/uploads.ts'

const RUNNER = fileURLToPath(new URL('../support/run-upload.ts', import.meta.url))

const LONG = { tags: ['long'], timeout: 600_000 }

/** Uploads so many contacts from a process of its own; tells how much memory it had in use at most. */
async function uploadFrom(contacts: number) {
  const switches = { rateLimit: Infinity }
  const exports = { pageSize: 1000, sizes: { acme: { contacts, deals: 10 } } }
  const sandbox = await startSandbox({ connectorUrl: 'http://127.0.0.1:1', switches, exports })
  onTestFinished(() => sandbox.close())
  const { wazzup, crm } = sandbox
  const { apiKey } = await wazzup.connectDirectly()
  const env = { PATH: process.env['PATH'], API_KEY: apiKey, ...sandbox.environment }
  const child = spawn(process.execPath, [...onlyLoopback, '--expose-gc', RUNNER], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  await once(child, 'close')
  const told = JSON.parse(output) as { status: string; peakHeap: number }
  expect(told.status).toBe('done')
  await expectComplete(crm, wazzup.account())
  return told.peakHeap
}

test('100 000 contacts arrive row by row, in the memory that 1 000 take', LONG, async () => {
  const few = await uploadFrom(1000)
  const many = await uploadFrom(100_000)
  const mebibytes = (bytes: number) => Math.round(bytes / 1024 / 1024)
  process.stdout.write(`heap in use: ${mebibytes(few)} MiB for 1 000, ${mebibytes(many)} MiB for 100 000\n`)
  expect(many - few).toBeLessThan(16 * 1024 * 1024)
})
