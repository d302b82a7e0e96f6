import { afterAll, beforeAll, expect, test } from 'vitest'
import { minutes } from '../../src/shared/clock.ts'
import type { Store } from '../../src/store/port.ts'
import { connected } from '../support/attempts.ts'
import { filledDatabase, type FilledDatabase } from '../support/filled-database.ts'
import { wauth } from '../support/wauth-command.ts'

let at: FilledDatabase
beforeAll(async () => {
  at = await filledDatabase(fill)
})
afterAll(() => at.remove())

/** Of two changes of acme one was rejected, and one waits. */
async function fill(store: Store) {
  await connected(store, 'acme', 'key-1')
  const change = { kind: 'users', row: '{"id":"u","name":"Ann"}' } as const
  await store.changes.accept('acme', [
    { ...change, id: 'one', rowId: 'u-1' },
    { ...change, id: 'two', rowId: 'u-2' },
  ])
  const claim = await store.changes.claimDue({ runner: 'runner', lease: minutes(1) })
  if (!claim) throw new Error('no changes were due')
  const rejects = [{ rowId: 'u-1', reason: 'name_missing' }]
  const done = { kind: 'users', op: 'upsert', over: ['one'], sent: 0, rejected: 1, rejects } as const
  await store.changes.commit(claim, { ...done, lease: minutes(1) })
  await store.changes.release(claim, { reason: 'rate_limited', wait: minutes(1), tries: 1 })
}

const status = (...args: string[]) => wauth(['changes', 'status', ...args], { env: at.env })

test('what waits, and what for, is said in words and as JSON; rejects with their reasons', async () => {
  const said = await status('acme')
  expect(said.stdout).toMatch(
    /^Changes: 1 wait, the oldest for \d+ s, waits: Wazzup asks for a pause \(429\)/,
  )
  const shown = JSON.parse((await status('acme', '--json')).stdout) as object
  expect(shown).toMatchObject({ waiting: 1, sent: 0, rejected: 1, dropped: 0, waitsFor: 'rate_limited' })
  expect((await status('acme', '--rejects')).stdout).toMatch(/upsert +users +u-1 +name_missing\n$/)
})

test('nobody has changes who was never connected', async () => {
  expect(await status('nobody')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('unknown_connection') as string,
  })
})

test('the export of the persons of an account has what waits of them', async () => {
  const { stdout } = await wauth(['connections', 'export', 'acme'], { env: at.env })
  expect(JSON.parse(stdout)).toMatchObject({
    changes: [{ kind: 'users', rowId: 'u-2', row: { id: 'u', name: 'Ann' } }],
    rejects: [{ kind: 'users', rowId: 'u-1' }],
  })
})
