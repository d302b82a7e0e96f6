import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createKeyRing } from '../../src/crypto/key-ring.ts'
import { createSealer } from '../../src/crypto/sealer.ts'
import type { Store } from '../../src/store/port.ts'
import { sealStore } from '../../src/store/sealed.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import { describeChanges } from '../contracts/changes.ts'
import { describeStore } from '../contracts/store.ts'
import { claimed, connected, keyFor, newAttempt, openedKey } from '../support/attempts.ts'
import { storeTime } from '../support/store-time.ts'
import { yieldingNothingSealed } from '../support/nothing-sealed.ts'
import { tempDir } from '../support/temp-dir.ts'
import { LONG } from '../support/long.ts'

async function openSealed() {
  const dir = await tempDir()
  const path = join(dir.path, 'wauth.db')
  const keyRing = createKeyRing([{ id: 'k1', key: randomBytes(32) }])
  const { time, setTime } = storeTime()
  const store = sealStore(await openSqliteStore(path, time), createSealer(keyRing))
  return {
    ...{ store: yieldingNothingSealed(store), path, setTime },
    close: async () => {
      await store.close()
      await dir.remove()
    },
  }
}

describeChanges('sqlite, sealed', openSealed)

/** It wraps what `npm test` tries by itself and, sealed, in every install. */
describe('the contract', LONG, () => {
  describeStore('sqlite, sealed', openSealed)
})

describe('sealing a store', () => {
  let store: Store
  let db: Database.Database
  let close: () => Promise<void>
  beforeEach(async () => {
    const opened = await openSealed()
    ;({ store, close } = opened)
    db = new Database(opened.path)
  })
  afterEach(async () => {
    db.close()
    await close()
  })

  const sealedColumns = (table: string, columns: string[]) =>
    db.prepare(`SELECT ${columns.join(', ')} FROM ${table}`).all() as Record<string, string | null>[]

  test('every value that could be used by a thief is JWE in its table', async () => {
    await store.attempts.open(newAttempt('a state'))
    await connected(store, 'acme', 'the-api-key')
    await claimed(store, 'acme', 'another state')
    await store.parked.put({
      attemptId: 'a1',
      sender: null,
      from: '192.0.2.1',
      idHash: 'hash',
      answer: 'token=abc',
      keptFor: 60_000,
    })
    const values = [
      ...sealedColumns('attempts', ['state_sealed', 'login_sealed']),
      ...sealedColumns('exchanges', ['state_sealed']),
      ...sealedColumns('generations', ['crm_key_sealed', 'api_key_sealed']),
      ...sealedColumns('parked', ['answer_sealed']),
    ].flatMap((row) => Object.values(row).filter((value) => value !== null))
    expect(values.length).toBeGreaterThanOrEqual(6)
    for (const value of values) expect(value).toMatch(/^eyJ[\w-]+\.\.[\w-]{16}\.[\w-]+\.[\w-]{22}$/)
  })

  test('who takes work that needs an apiKey can open it', async () => {
    const { stateHash, generationId } = await claimed(store, 'acme')
    await store.exchanges.record(keyFor({ stateHash, generationId }, 'the-api-key', true))
    const lease = { runner: 'runner', lease: 60_000 }
    const upload = await store.uploads.claimDue(lease)
    if (!upload) throw new Error('no upload was due')
    await store.uploads.release(upload, {
      ...{ status: 'done', reason: null, wait: null, trouble: { tries: 0, spent: 0 } },
    })
    const row = { id: 'a change', kind: 'deals', rowId: 'd-1', row: '{"id":"d-1"}' } as const
    await store.changes.accept('acme', [row])
    const changes = await store.changes.claimDue(lease)
    expect([upload, changes].map((claim) => claim?.key.apiKey())).toEqual(['the-api-key', 'the-api-key'])
    const text = sealedColumns('row_changes', ['row_sealed'])[0]?.['row_sealed']
    expect(text).toMatch(/^eyJ/)
    expect(changes && (await store.changes.batch(changes, 1))?.changes[0]?.row()).toBe(row.row)
  })

  test("two customers' keys swapped in the database give a refusal, not the other's key", async () => {
    const acme = await connected(store, 'acme', 'key-of-acme')
    const nordwind = await connected(store, 'nordwind', 'key-of-nordwind')
    const sealedOf = (id: string) =>
      db.prepare<[string], { v: string }>('SELECT api_key_sealed AS v FROM generations WHERE id = ?').get(id)
        ?.v
    const values = [sealedOf(acme.generationId), sealedOf(nordwind.generationId)]
    const put = db.prepare('UPDATE generations SET api_key_sealed = ? WHERE id = ?')
    put.run(values[1], acme.generationId)
    put.run(values[0], nordwind.generationId)
    for (const { crmKey } of [acme, nordwind]) {
      await expect(openedKey(store, crmKey)).rejects.toMatchObject({ code: 'seal_wrong_place' })
    }
  })
})

test('the state of an attempt is opened for who asks for it, and not for each request of a browser', async () => {
  const dir = await tempDir()
  const engine = await openSqliteStore(join(dir.path, 'wauth.db'), storeTime().time)
  const uses: string[] = []
  const ring = createKeyRing([{ id: 'k1', key: randomBytes(32) }])
  const { attempts } = sealStore(
    engine,
    createSealer(ring, (_, use) => uses.push(use)),
  )
  const attempt = newAttempt('a state')
  await attempts.open(attempt)
  const found = await attempts.find(attempt.id)
  expect(uses).toEqual(['seal'])
  expect([found?.state, found?.state]).toEqual(['a state', 'a state'])
  expect(uses).toEqual(['seal', 'open'])
  await engine.close()
  await dir.remove()
})
