import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { databaseUrl } from '../../src/config/fields/database-url.ts'
import { Secret } from '../../src/config/secret.ts'
import { openStore } from '../../src/store/index.ts'
import type { Store } from '../../src/store/port.ts'
import { testDatabase } from '../support/postgres/test-database.ts'

/** The database of one run. */
export interface Database {
  /** As a process of the service opens it. */
  open(): Promise<Store>
}

/** Makes an empty database for one run after the other. */
export interface Databases {
  next(): Promise<Database>
  close(): Promise<void>
}

const encryptionKeys = new Secret([{ id: 'k1', key: randomBytes(32) }])

const opener = (url: string) => {
  const database = databaseUrl().parse(url)
  return { open: () => openStore({ database, encryptionKeys }) }
}

/** In memory where the system has a folder for it: nothing of a run has to outlive a power cut. */
const FOLDER = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

/** Files, each a copy of one that was migrated. */
export async function sqliteDatabases(): Promise<Databases> {
  const folder = await mkdtemp(join(FOLDER, 'wauth-simulation-'))
  const empty = join(folder, 'empty.db')
  await (await opener(`file:${empty}`).open()).close()
  const path = join(folder, 'wauth.db')
  return {
    async next() {
      await Promise.all(['', '-wal', '-shm'].map((end) => rm(`${path}${end}`, { force: true })))
      await copyFile(empty, path)
      return opener(`file:${path}`)
    },
    close: () => rm(folder, { recursive: true, force: true }),
  }
}

/** One database of a PostgreSQL server that has `wauth_template`, emptied for each run. */
export async function postgresDatabases(server?: string): Promise<Databases> {
  const made = await testDatabase(server === undefined ? {} : { server })
  return {
    async next() {
      await made.clear()
      return opener(made.url)
    },
    close: async () => {
      await made.remove()
    },
  }
}
