import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../../src/store/sqlite/open.ts'
import { wiping } from '../../../src/store/sqlite/wipe.ts'
import { openSqliteStore } from '../../../src/store/sqlite/index.ts'
import { NOON } from '../../support/attempts.ts'
import { ABUSES, abused, connectedBy, everywhere, textsOf } from '../../support/persons.ts'
import { storeTime } from '../../support/store-time.ts'
import { tempDir } from '../../support/temp-dir.ts'

const OPERATOR = { userId: 'operator', userName: 'Olga', address: '192.0.2.1' }

async function fileAtHand() {
  const folder = await tempDir()
  const path = join(folder.path, 'wauth.db')
  const { setTime, time } = storeTime()
  await setTime(NOON)
  const store = await openSqliteStore(path, { ...time, keepsLeases: true })
  const reader = new Database(path, { readonly: true })
  onTestFinished(async () => {
    reader.close()
    await store.close()
    await folder.remove()
  })
  const eraseAll = async (accounts: string[]) => {
    for (const account of accounts) {
      await store.connections.disconnect(account, OPERATOR, NOON)
      await store.connections.erase(account, OPERATOR, NOON)
    }
    return (await store.wipe({ whole: false })).map(({ code }) => code)
  }
  /** Texts of an account that stand in any file of the database, byte for byte. */
  const left = async (account: string) => {
    const files = (await readdir(folder.path)).map((name) => readFile(join(folder.path, name)))
    const bytes = Buffer.concat(await Promise.all(files))
    return textsOf(account).filter((text) => bytes.includes(text))
  }
  return { path, store, reader, eraseAll, left }
}

describe('an erasure, byte for byte', () => {
  test('nothing of a person is left in the file, its log or its index, while a service has them open', async () => {
    const { store, eraseAll, left } = await fileAtHand()
    await everywhere(store, 'acme')
    await connectedBy(store, 'nordwind')
    expect(await left('acme')).toEqual(textsOf('acme'))
    expect(await eraseAll(['acme'])).toEqual(['backups', 'log_lines'])
    expect(await left('acme')).toEqual([])
    expect(await left('nordwind')).toEqual(textsOf('nordwind'))
  })

  test('many erasures at once share two rewrites of the file: the one that runs, and one for all who came since', async () => {
    const folder = await tempDir()
    const db = openDatabase(join(folder.path, 'wauth.db'))
    onTestFinished(async () => {
      db.close()
      await folder.remove()
    })
    const first = Promise.withResolvers<undefined>()
    const begun: string[] = []
    const rewriting = async (path: string) => {
      begun.push(path)
      if (begun.length === 1) await first.promise
    }
    const { wipe } = wiping(db, false, rewriting)
    const wiped = Array.from({ length: 20 }, () => wipe({ whole: false }))
    first.resolve(undefined)
    for (const remains of await Promise.all(wiped))
      expect(remains.map(({ code }) => code)).toEqual(['backups', 'log_lines'])
    expect(begun).toHaveLength(2)
  })

  test('nor in the unused space of pages that were split: SQLite leaves copies there, though it deletes securely', async () => {
    const folder = await tempDir()
    const path = join(folder.path, 'wauth.db')
    const db = openDatabase(path)
    onTestFinished(async () => {
      db.close()
      await folder.remove()
    })
    db.exec('CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, steps TEXT)')
    const [add, grow] = [
      db.prepare("INSERT INTO people VALUES (?, ?, 'x')"),
      db.prepare(
        "UPDATE people SET steps = steps || 'a step that has happened; a step that has happened; ' WHERE id = ?",
      ),
    ]
    const ROWS = 600
    let seed = 1
    const below = (n: number) => (seed = (seed * 48271) % 2147483647) % n
    const nameOf = (id: number) => `Person-${id}-whose-name`
    db.transaction(() => {
      for (let id = 0; id < ROWS; id++) {
        add.run(id, nameOf(id))
        for (let i = 0; i < 3; i++) grow.run(below(id + 1))
      }
    })()
    db.exec("UPDATE people SET name = '' WHERE id % 7 = 3")
    const { wipe } = wiping(db)
    const left = async () => {
      db.pragma('wal_checkpoint(TRUNCATE)')
      const bytes = await readFile(path)
      return Array.from({ length: ROWS }, (_, id) => id).filter(
        (id) => id % 7 === 3 && bytes.includes(nameOf(id)),
      )
    }
    expect(await left()).not.toEqual([])
    await wipe({ whole: false })
    expect(await left()).toEqual([])
    expect(await readFile(path)).toSatisfy((bytes: Buffer) => bytes.includes(nameOf(4)))
  })

  test('a reader that keeps the log is named; when it has gone, the clean-up empties the log', async () => {
    const { store, reader, eraseAll, left } = await fileAtHand()
    await connectedBy(store, 'acme')
    reader.exec('BEGIN')
    reader.prepare('SELECT count(*) FROM attempts').get()
    expect(await eraseAll(['acme'])).toContain('write_ahead_log')
    expect(await left('acme')).not.toEqual([])
    reader.exec('COMMIT')
    await store.cleanUp(NOON, 100)
    expect(await left('acme')).toEqual([])
  })

  test('copies beside the database are named', async () => {
    const { path, store, eraseAll } = await fileAtHand()
    for (const end of ['schema-3', 'replaced-2026']) await writeFile(`${path}.${end}`, '')
    await connectedBy(store, 'acme')
    expect(await eraseAll(['acme'])).toContain('copies_beside')
    const remains = await store.wipe({ whole: false })
    const copies = remains.find(({ code }) => code === 'copies_beside')
    expect(copies?.detail).toMatch(/: wauth\.db\.schema-3, wauth\.db\.replaced-2026$/)
  })
})

describe('the triggers of the audit refuse', () => {
  const others = {
    'a row in the place of another':
      "INSERT OR REPLACE INTO audit SELECT id, at, action, 'me', 'Me', crm_account_id, wazzup_account_id, generation, address FROM audit WHERE crm_account_id = 'here'",
    'a row that moves onto another': 'UPDATE OR REPLACE audit SET id = 1 WHERE id = 2',
  }

  test('all but an erasure, and what goes by time', async () => {
    const { path, store } = await fileAtHand()
    await abused(store)
    const db = new Database(path)
    onTestFinished(() => void db.close())
    const rows = () => db.prepare('SELECT * FROM audit ORDER BY id').all()
    const before = rows()
    for (const [title, sql] of Object.entries({ ...ABUSES, ...others }))
      expect(() => db.exec(sql), title).toThrow('append-only')
    expect(rows()).toEqual(before)
    const person = "user_id = '', user_name = '', address = ''"
    db.exec(`UPDATE audit SET ${person} WHERE crm_account_id = 'gone' AND action = 'connection.connected'`)
    expect(rows()).not.toEqual(before)
  })
})
