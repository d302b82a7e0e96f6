import { expect, test } from 'vitest'
import { loadSettings } from '../../src/settings.ts'
import { openStore } from '../../src/store/index.ts'
import { fault } from '../../src/sandbox/wazzup/fault.ts'
import { LEASE } from '../../src/upload/turn.ts'
import { onOneEngine } from '../support/on-one-engine.ts'
import { startProcess } from '../support/service-process.ts'
import { setUpFor } from '../support/set-up.ts'
import { connectAccount, expectComplete, uploadEnd } from '../support/uploads.ts'

const setUp = setUpFor('each', {
  exports: { pageSize: 150, sizes: { acme: { contacts: 420, deals: 230 } } },
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
  const faults = setUp.sandbox.wazzup.faultsOn(method, path)
  const seen = () =>
    setUp.sandbox.wazzup.requests.filter((one) => one.method === method && one.path === path).length
  const before = seen()
  faults.length = 0
  faults.push(...Array.from({ length: skip }, () => fault.slow(1)), fault.processThen('hang'))
  const service = await startProcess(setUp.env)
  if (first) await connectAccount(setUp)
  await expect.poll(() => seen() - before, { interval: 20 }).toBeGreaterThan(skip)
  await service.stop('SIGKILL')
  faults.length = 0
}

test(
  'killed in every step, it goes on where it stood, and sends no batch more than twice',
  { ...onOneEngine, timeout: 400_000 },
  async () => {
    for (const [method, path] of steps) {
      await killDuring(method, path, { skip: path === '/v3/contacts' ? 2 : 0, first: path === steps[0][1] })
      // A server has several processes, so the next start waits until the lease is over; a file has one.
      await setUp.database.moveTime(LEASE)
    }
    const service = await startProcess(setUp.env)
    const store = await openStore(loadSettings({ env: setUp.env, readFile: () => '' }))
    try {
      expect(await uploadEnd({ store })).toMatchObject({ status: 'done' })
    } finally {
      await store.close()
      await service.stop()
    }
    await expectComplete(setUp.sandbox.crm, setUp.sandbox.wazzup.account())
    const bodies = setUp.sandbox.wazzup.requests.filter(
      ({ method, path }) => method === 'POST' && /^\/v3\/(u|p|co.*ts|d)/.test(path),
    )
    const times = new Map<string, number>()
    for (const { path, body } of bodies) times.set(path + body, (times.get(path + body) ?? 0) + 1)
    expect(Math.max(...times.values())).toBe(2)
    expect([...times.values()].filter((n) => n > 1)).toHaveLength(4)
  },
)
