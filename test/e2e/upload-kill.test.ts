import { afterEach, beforeEach, expect, test } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { startSandbox, type Sandbox } from '../../src/sandbox/start-sandbox.ts'
import { loadSettings } from '../../src/settings.ts'
import { openStore } from '../../src/store/index.ts'
import { fault } from '../../src/sandbox/wazzup/fault.ts'
import { LEASE } from '../../src/upload/turn.ts'
import { databaseFor } from '../support/database-for.ts'
import { serviceEnvironment } from '../support/connector.ts'
import { startProcess } from '../support/service-process.ts'
import { tempDir } from '../support/temp-dir.ts'
import { connectAccount, expectComplete, uploadEnd } from '../support/uploads.ts'

let [url, env]: [string, Record<string, string>] = ['', {}]
let sandbox: Sandbox
let folder: Awaited<ReturnType<typeof tempDir>>
let database: Awaited<ReturnType<typeof databaseFor>>

beforeEach(async () => {
  folder = await tempDir()
  database = await databaseFor(folder.path)
  const port = await freePort()
  url = `http://127.0.0.1:${port}`
  const exports = { pageSize: 150, sizes: { acme: { contacts: 420, deals: 230 } } }
  sandbox = await startSandbox({ connectorUrl: url, exports })
  env = {
    PATH: process.env['PATH'] ?? '',
    ...sandbox.environment,
    ...serviceEnvironment(url, port, folder.path),
    DATABASE_URL: database.url,
  }
})
afterEach(async () => {
  await sandbox.close()
  await database.remove()
  await folder.remove()
})

const steps = [
  ['POST', '/v3/users'],
  ['POST', '/v3/pipelines'],
  ['POST', '/v3/contacts'],
  ['POST', '/v3/deals'],
  ['PATCH', '/v3/webhooks'],
] as const

/** Kills the service while a request of this step is open: Wazzup has it, nothing of it is written down. */
async function killDuring(method: string, path: string, { skip, first }: { skip: number; first: boolean }) {
  const faults = sandbox.wazzup.faultsOn(method, path)
  const seen = () =>
    sandbox.wazzup.requests.filter((one) => one.method === method && one.path === path).length
  const before = seen()
  faults.length = 0
  faults.push(...Array.from({ length: skip }, () => fault.slow(1)), fault.processThen('hang'))
  const service = await startProcess(env)
  if (first) await connectAccount({ url, sandbox })
  await expect.poll(() => seen() - before, { interval: 20 }).toBeGreaterThan(skip)
  await service.stop('SIGKILL')
  faults.length = 0
}

test('killed in every step, it goes on where it stood, and sends no batch more than twice', async () => {
  for (const [method, path] of steps) {
    await killDuring(method, path, { skip: path === '/v3/contacts' ? 2 : 0, first: path === steps[0][1] })
    // A server has several processes, so the next start waits until the lease is over; a file has one.
    await database.moveTime(LEASE)
  }
  const service = await startProcess(env)
  const store = await openStore(loadSettings({ env, readFile: () => '' }))
  try {
    expect(await uploadEnd({ store })).toMatchObject({ status: 'done' })
  } finally {
    await store.close()
    await service.stop()
  }
  await expectComplete(sandbox.crm, sandbox.wazzup.account())
  const bodies = sandbox.wazzup.requests.filter(
    ({ method, path }) => method === 'POST' && /^\/v3\/(u|p|co.*ts|d)/.test(path),
  )
  const times = new Map<string, number>()
  for (const { path, body } of bodies) times.set(path + body, (times.get(path + body) ?? 0) + 1)
  expect(Math.max(...times.values())).toBe(2)
  expect([...times.values()].filter((n) => n > 1)).toHaveLength(4)
}, 400_000)
