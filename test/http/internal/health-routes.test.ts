import { expect, test } from 'vitest'
import type { HealthSources, Phase } from '../../../src/http/internal/deps.ts'
import { NEVER_PAUSED } from '../../../src/store/installs.ts'
import { createMetrics } from '../../../src/observability/metrics.ts'
import { internalAtHand } from '../../support/internal-at-hand.ts'

async function open(more: Partial<HealthSources>) {
  const fine = { ok: true, detail: 'fine' }
  const health: HealthSources = {
    ...{ pingStore: () => Promise.resolve(), phase: () => 'serving', metrics: createMetrics().page },
    ...{ login: () => fine, recovery: () => fine, wazzup: () => fine, clock: () => fine },
    ...{ lackingKeys: () => [], installs: () => NEVER_PAUSED },
    ...more,
  }
  const { url } = await internalAtHand({ health })
  return async (path: string) => {
    const answer = await fetch(url + path)
    const wait = answer.headers.get('retry-after')
    return { wait, status: answer.status, body: (await answer.json()) as { parts: Record<string, unknown> } }
  }
}

test.each<[Phase, number]>([
  ['starting', 503],
  ['serving', 200],
  ['stopping', 503],
])('%s: alive, and ready is answered %i', async (phase, status) => {
  const ask = await open({ phase: () => phase })
  expect((await ask('/livez')).status).toBe(200)
  const ready = await ask('/readyz')
  expect(ready).toMatchObject({ status, body: { phase, stopping: phase === 'stopping' } })
  expect(ready.wait).toBe(status === 503 ? '1' : null)
})

test('a replica that lacks an encryption key is not ready, and names it', async () => {
  const ask = await open({ lackingKeys: () => ['k2'] })
  const ready = await ask('/readyz')
  expect(ready).toMatchObject({ status: 503, wait: '1', body: { status: 'not ready', phase: 'serving' } })
  expect(ready.body.parts).toMatchObject({
    store: { ok: true },
    keys: { ok: false, code: 'seal_unknown_key', detail: expect.stringContaining('k2') as string },
  })
})

test.each(['login', 'recovery', 'wazzup', 'clock'] as const)(
  'a %s that is not well is told, and no more',
  async (part) => {
    const ask = await open({ [part]: () => ({ ok: false, detail: 'not well' }) })
    const ready = await ask('/readyz')
    expect(ready.status).toBe(200)
    expect(ready.body.parts).toMatchObject({ [part]: { ok: false, detail: 'not well' } })
  },
)

test('paused installs are told, and the replica stays ready: nothing is wrong with it', async () => {
  const paused = { paused: true, reason: 'a secret plan', changedBy: 'Olga', changedAt: new Date(0) }
  const ready = await (await open({ installs: () => paused }))('/readyz')
  expect(ready).toMatchObject({ status: 200, body: { status: 'ready' } })
  const detail = 'paused since 1970-01-01T00:00:00.000Z'
  expect(ready.body.parts).toMatchObject({ installs: { ok: true, paused: true, detail } })
  expect(JSON.stringify(ready.body)).not.toContain('a secret plan')
})

test('a store that says nothing is not ready within about a second, and is asked once at a time', async () => {
  let asked = 0
  const ask = await open({ pingStore: () => new Promise<void>(() => (asked += 1)) })
  const answers = await Promise.all([ask('/readyz'), ask('/readyz'), ask('/livez')])
  expect(answers.map(({ status }) => status)).toEqual([503, 503, 200])
  expect((await ask('/readyz')).status).toBe(503)
  expect(asked).toBe(1)
})
