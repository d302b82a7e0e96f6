import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { acceptChanges, type AskedChange } from '../../src/changes/accept.ts'
import { minutes, systemClock } from '../../src/shared/clock.ts'
import { systemRandom } from '../../src/shared/random.ts'
import { openStore } from '../../src/store/index.ts'
import type { Store } from '../../src/store/port.ts'
import { blockWith } from '../docs/blocks.ts'
import { connected } from '../support/attempts.ts'
import { user } from '../support/changes-at-hand.ts'
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

const deps = (store: Store) => ({ store, random: systemRandom, clock: systemClock })

test('status --watch says how far they have got, and ends when none waits any more', async () => {
  const service = await filledDatabase(async (store) => {
    await connected(store, 'nordwind', 'key')
    await acceptChanges('nordwind', [user('u-1'), user('u-2'), user('u-3')], deps(store))
  })
  onTestFinished(() => service.remove())
  const store = await openStore(service.settings())
  onTestFinished(() => store.close())
  const claim = await store.changes.claimDue({ runner: 'runner', lease: minutes(10) })
  if (!claim) throw new Error('no changes were due')
  const send = async (most: number) => {
    const over = (await store.changes.batch(claim, most))?.changes.map(({ id }) => id) ?? []
    const done = { kind: 'users', op: 'upsert', over, sent: over.length, rejected: 0, rejects: [] } as const
    await store.changes.commit(claim, { ...done, lease: minutes(10) })
  }
  const said = { now: '', isOver: false }
  const watch = wauth(['changes', 'status', 'nordwind', '--watch'], {
    env: service.env,
    onOutput: (child, output) => {
      if (said.now === '') onTestFinished(() => void child.kill())
      said.now = output
    },
  }).finally(() => (said.isOver = true))
  await expect.poll(() => said.now).toMatch(/^Changes: 3 wait, the oldest for \d+ s\n/)
  await send(1)
  await expect.poll(() => said.now).toContain('\nChanges: 2 wait, ')
  expect(said.isOver).toBe(false)
  await send(2)
  const { code, stdout, stderr } = await watch
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^Changes: none waits\n\nSENT +REJECTED +DROPPED\n3 +0 +0\n$/) as string,
  })
  expect(new Set(stderr.match(/\d+ wait/g))).toEqual(new Set(['3 wait', '2 wait']))
})

test('the export of the persons of an account has what waits of them, as the CRM has passed it on', async () => {
  const { changes: asked } = JSON.parse(blockWith('docs/changes.md', '"op": "upsert"')) as {
    changes: AskedChange[]
  }
  const service = await filledDatabase(async (store) => {
    await connected(store, 'nordwind', 'key')
    await acceptChanges('nordwind', asked, deps(store))
  })
  onTestFinished(() => service.remove())
  const { stdout } = await wauth(['connections', 'export', 'nordwind'], { env: service.env })
  expect((JSON.parse(stdout) as { changes: object[] }).changes).toEqual([
    {
      kind: 'contacts',
      rowId: 'c-1',
      row: asked.flatMap((one) => (one.op === 'upsert' ? [one.row] : []))[0],
    },
    { kind: 'deals', rowId: 'd-1', row: null },
  ])
})

test('the export has what could not be sent, too', async () => {
  const { stdout } = await wauth(['connections', 'export', 'acme'], { env: at.env })
  expect(JSON.parse(stdout)).toMatchObject({
    changes: [{ kind: 'users', rowId: 'u-2', row: { id: 'u', name: 'Ann' } }],
    rejects: [{ kind: 'users', rowId: 'u-1' }],
  })
})
