import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStore } from '../../src/store/index.ts'
import type { Position } from '../../src/store/port.ts'
import { OPERATOR } from '../contracts/store-lifecycle.ts'
import { claimed, connected, openedKey, recordKey } from '../support/attempts.ts'
import { accountsSince } from '../support/changed-connections.ts'
import { filledDatabase, type FilledDatabase } from '../support/filled-database.ts'
import { wrongLookupsOf } from '../support/lookups.ts'
import { testDatabase } from '../support/postgres/test-database.ts'
import { wauth } from '../support/wauth-command.ts'

const ACCOUNTS = 300
const crmKeys: string[] = []
let at: FilledDatabase
let target: Awaited<ReturnType<typeof testDatabase>>
let position: Position
beforeAll(async () => {
  target = await testDatabase()
  at = await filledDatabase(async (store) => {
    for (let i = 0; i < ACCOUNTS; i++)
      crmKeys.push((await connected(store, `account-${i}`, `api-key-${i}`)).crmKey)
    await recordKey(store, await claimed(store, 'uploading'), 'api-key-of-uploading', true)
    await store.claims.claim('some-jti', 60_000)
    await store.changes.accept('account-7', [
      { id: 'a change', kind: 'deals', rowId: 'd-1', row: '{"id":"d-1"}' },
    ])
  })
}, 120_000)
afterAll(async () => {
  await at.remove()
  await target.remove()
})

const SOURCE = () => `file:${at.path}`

type Run = Parameters<typeof wauth>[1]
const copy = (options: string[] = [], more: Run = {}) =>
  wauth(['migrate', 'copy', '--from', SOURCE(), '--to', target.url, ...options], { env: at.env, ...more })

// The tests are the steps of one move, in their order.

test('killed in the middle, it goes on where it stood, and ends with every row and every value', async () => {
  // It waits for this table when it is killed, however slowly the signal comes.
  const holder = new pg.Client({ connectionString: target.url })
  await holder.connect()
  await holder.query('BEGIN; LOCK TABLE audit IN EXCLUSIVE MODE')
  const killed = await copy([], {
    onOutput: (child, said) => {
      if (said.includes('Copying: ')) child.kill('SIGKILL')
    },
  })
  await holder.end()
  expect(killed.signal).toBe('SIGKILL')
  const { code, stdout, stderr } = await copy(['--json'])
  expect({ code, stderr: stderr.replaceAll(/^Copying: .*\n/gm, '') }).toEqual({ code: 0, stderr: '' })
  const { tables, copied, opened } = JSON.parse(stdout) as {
    tables: Record<string, number>
    copied: number
    opened: number
  }
  expect(tables).toMatchObject({
    connections: ACCOUNTS + 1,
    generations: ACCOUNTS + 1,
    claims: 1,
    uploads: 1,
    change_queues: 1,
    row_changes: 1,
  })
  expect(copied).toBeLessThan(Object.values(tables).reduce((sum, rows) => sum + rows))
  expect(opened).toBeGreaterThanOrEqual(2 * ACCOUNTS)
  expect(await wrongLookupsOf(target)).toEqual([])
})

test('a source that was used between two runs is found out: it may have disconnected somebody', async () => {
  const source = await openStore(at.settings())
  position = await source.connections.position()
  await source.connections.disconnect('account-5', OPERATOR, new Date())
  await source.close()
  const { code, stderr } = await copy()
  expect({ code, stderr }).toMatchObject({
    code: 78,
    stderr: expect.stringContaining('do not hold the same rows') as string,
  })
})

test('a service on the new database resolves every key, and its own new rows follow the copied ones', async () => {
  const store = await openStore(at.settings({ DATABASE_URL: target.url }))
  for (const [i, crmKey] of crmKeys.entries()) {
    expect((await openedKey(store, crmKey))?.apiKey).toBe(`api-key-${i}`)
  }
  const queue = await store.changes.claimDue({ runner: 'runner', lease: 1000 })
  if (!queue) throw new Error('the change was left behind')
  const [change] = (await store.changes.batch(queue, 100))?.changes ?? []
  expect([queue.key.crmAccountId, change?.rowId, change?.row()]).toEqual(['account-7', 'd-1', '{"id":"d-1"}'])
  const { crmKey } = await connected(store, 'newcomer', 'api-key-of-newcomer')
  expect((await openedKey(store, crmKey))?.apiKey).toBe('api-key-of-newcomer')
  expect(await accountsSince(store, position)).toBeNull()
  expect(await accountsSince(store, new Date(0))).toHaveLength(ACCOUNTS + 2)
  await store.close()
})

test('a database with rows of its own is no target', async () => {
  const { code, stderr } = await copy()
  expect({ code, stderr }).toMatchObject({
    code: 78,
    stderr: expect.stringContaining('rows that are not') as string,
  })
  expect(stderr).not.toContain(target.url)
})

test('what is no address is refused without being repeated', async () => {
  const { code, stderr } = await wauth(['migrate', 'copy', '--from', 'mysql://canary@host/db'], {
    env: at.env,
  })
  expect(code).toBe(2)
  expect(stderr).toContain('--from')
  expect(stderr).not.toContain('canary')
})
