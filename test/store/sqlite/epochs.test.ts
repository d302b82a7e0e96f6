import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { after, hours, minutes } from '../../../src/shared/clock.ts'
import { systemRandom } from '../../../src/shared/random.ts'
import type { Store } from '../../../src/store/port.ts'
import { openSqliteStore } from '../../../src/store/sqlite/index.ts'
import { connected } from '../../support/attempts.ts'
import { accountsSince, changedSince } from '../../support/changed-connections.ts'
import { tempDir } from '../../support/temp-dir.ts'

let path: string
beforeEach(async () => {
  const folder = await tempDir()
  onTestFinished(() => folder.remove())
  path = join(folder.path, 'wauth.db')
})

/** Starts the service on the file, does something, and stops it. */
async function inService<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openSqliteStore(path, { keepsLeases: true })
  return work(store).finally(() => store.close())
}

const position = (store: Store) => store.connections.position()

test('a restart changes nothing: what happened before and after it is told', async () => {
  const before = await inService(async (store) => {
    await connected(store, 'seen', 'api-key-1')
    const at = await position(store)
    await connected(store, 'acme', 'api-key-2')
    return at
  })
  await inService((store) => connected(store, 'nordwind', 'api-key-3'))
  expect(await inService((store) => accountsSince(store, before))).toEqual(['acme', 'nordwind'])
})

test('a file that somebody puts back knows the positions from before it was copied, and no later one', async () => {
  const earlier = await inService(async (store) => {
    await connected(store, 'acme', 'api-key-1')
    return position(store)
  })
  await copyFile(path, `${path}.copy`)
  const later = await inService(async (store) => {
    await connected(store, 'lost', 'api-key-2')
    return position(store)
  })
  await copyFile(`${path}.copy`, path)
  await inService(async (store) => {
    // As many changes as were lost, and more.
    for (const account of ['nordwind', 'contoso', 'initech'])
      await connected(store, account, `key-${account}`)
    expect(await accountsSince(store, later)).toBeNull()
    expect(await accountsSince(store, earlier)).toEqual(['contoso', 'initech', 'nordwind'])
  })
})

test('a moment is one of the clock, a little earlier; who is ahead of the clock gets all', async () => {
  await inService(async (store) => {
    const now = new Date()
    await connected(store, 'earlier', 'api-key-1')
    passed(hours(1))
    await connected(store, 'later', 'api-key-2')
    expect(await accountsSince(store, after(now, -minutes(30)))).toEqual(['later'])
    expect(await accountsSince(store, after(now, -hours(1)))).toEqual(['earlier', 'later'])
    expect(await accountsSince(store, after(now, hours(1)))).toEqual(['earlier', 'later'])
  })
})

test('a clock that was set back is noticed: what changes until it has come so far again is told for each later moment', async () => {
  await inService(async (store) => {
    const now = new Date()
    await connected(store, 'before', 'api-key-1')
    passed(-hours(1))
    await connected(store, 'meanwhile', 'api-key-2')
    passed(hours(2))
    await connected(store, 'later', 'api-key-3')
    expect(await accountsSince(store, after(now, -minutes(30)))).toEqual(['later', 'meanwhile'])
    const changed = await changedSince(store, after(now, -minutes(30)))
    expect(changed && (await accountsSince(store, changed.position))).toEqual([])
  })
})

test('after a file was put back, an event with a number that was given before has another id', async () => {
  const told = async () => {
    const store = await openSqliteStore(path, { keepsLeases: true, teller: { seal: (text) => text } })
    await connected(store, 'acme', `key-${systemRandom(8)}`)
    const all = await store.deliveries.list({ crmAccountId: 'acme', status: null, after: 0, limit: 10 })
    await store.close()
    return all.map(({ id, sequence }) => ({ id, sequence }))
  }
  const [first] = await told()
  await copyFile(path, `${path}.copy`)
  const lost = (await told()).at(-1)
  await copyFile(`${path}.copy`, path)
  const again = await told()
  expect(again[0]).toEqual(first)
  expect(again.at(-1)?.sequence).toBe(lost?.sequence)
  expect(again.at(-1)?.id).not.toBe(lost?.id)
})

/** Time passes, or a clock is set back: what was noted before is so much older. */
function passed(ms: number) {
  const db = new Database(path)
  db.prepare('UPDATE changes SET at = at - ?').run(ms)
  db.close()
}
