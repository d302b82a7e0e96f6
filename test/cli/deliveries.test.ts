import { afterAll, beforeAll, expect, test } from 'vitest'
import { newWebhookSecret } from '../../src/config/fields/webhook-secret.ts'
import { minutes } from '../../src/shared/clock.ts'
import type { Store } from '../../src/store/port.ts'
import { connected } from '../support/attempts.ts'
import { filledDatabase, type FilledDatabase } from '../support/filled-database.ts'
import { wauth } from '../support/wauth-command.ts'

let at: FilledDatabase
beforeAll(async () => {
  at = await filledDatabase(fill, {
    EVENTS_URL: 'http://127.0.0.1:9/events',
    EVENTS_SECRET: newWebhookSecret(),
  })
})
afterAll(() => at.remove())

/** The event of acme has failed; that of nordwind waits. */
async function fill(store: Store) {
  await connected(store, 'acme', 'key-1')
  const taken = await store.deliveries.claimDue({ runner: 'sender', lease: minutes(1) })
  if (!taken) throw new Error('no event was due')
  await store.deliveries.end(taken, { status: 'failed', reason: 'events_refused' })
  await connected(store, 'nordwind', 'key-2')
}

const run = (...args: string[]) => wauth(['deliveries', ...args], { env: at.env })

interface Shown {
  id: string
  crmAccountId: string
  status: string
}

test('events are listed, shown, sent again and dropped', async () => {
  const listed = await run('list', '--json')
  const [acme, nordwind] = JSON.parse(listed.stdout) as Shown[]
  expect([acme, nordwind]).toMatchObject([
    { crmAccountId: 'acme', status: 'failed', reason: 'events_refused' },
    { crmAccountId: 'nordwind', status: 'waiting', type: 'connection.connected' },
  ])
  expect(listed.stdout).not.toContain('"body"')
  const shown = (await run('show', acme?.id ?? '')).stdout
  expect(shown).toMatch(/^Status +failed$/m)
  expect(shown).toMatch(/^Body +\{"type":"connection\.connected",.*"crmAccountId":"acme"/m)
  expect((await run('retry', '--failed')).stdout).toBe('1 event to be sent by the running service.\n')
  expect((await run('list', '--status', 'waiting')).stdout).toContain(acme?.id)
  expect((await run('drop', nordwind?.id ?? '')).stdout).toBe('1 event dropped.\n')
  const again = await run('drop', nordwind?.id ?? '')
  expect(again).toMatchObject({ code: 1, stdout: '' })
  expect(again.stderr).toContain('delivered or dropped already')
})

test('what names no event, or none that is known, is refused', async () => {
  expect(await run('retry')).toMatchObject({ code: 2, stdout: '' })
  const unknown = await run('show', 'evt_nobody_1')
  expect(unknown).toMatchObject({ code: 1, stdout: '' })
  expect(unknown.stderr).toContain('wauth deliveries list')
})
