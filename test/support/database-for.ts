import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, inject } from 'vitest'
import { databaseUrl } from '../../src/config/fields/database-url.ts'
import { wrongLookupsIn, wrongLookupsOf } from './lookups.ts'
import { testDatabase } from './postgres/test-database.ts'
import { storeTime } from './store-time.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** What the services of these tests keep their data in; each project of vitest.config.ts says it. */
    engine: 'sqlite' | 'postgres'
  }
}

/** A new database for a service under test: a file in this folder, or one on the PostgreSQL server of the run. */
export async function databaseFor(folder: string) {
  const made = inject('engine') === 'sqlite' ? inFile(join(folder, 'wauth.db')) : await onServer()
  return { ...made, address: databaseUrl().parse(made.url) }
}

const inFile = (path: string) => ({
  url: `file:${path}`,
  ...storeTime(),
  /** Differs when anything was written. */
  fingerprint: async () => digest(await readFile(path)),
  order: async (sql: string) => {
    const db = new Database(path)
    await Promise.resolve(db.exec(sql)).finally(() => db.close())
  },
  /** Whatever was done to its keys, look-ups tell it. */
  remove: () => {
    expect(existsSync(path) ? wrongLookupsIn(path) : []).toEqual([])
    return Promise.resolve()
  },
})

async function onServer() {
  const { url, query, setTime, moveTime, remove } = await testDatabase()
  return {
    /** The server has the time. */
    time: {},
    ...{ url, setTime, moveTime },
    fingerprint: async () => digest(JSON.stringify(await query(EVERYTHING))),
    order: async (sql: string) => {
      await query(sql)
    },
    remove: async () => {
      expect(await wrongLookupsOf({ query })).toEqual([])
      await remove()
    },
  }
}

const EVERYTHING = "SELECT database_to_xml(true, false, '')::text AS all"

const digest = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex')
