import { accessSync, constants, existsSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { errorFields } from '../../observability/error-fields.ts'
import type { FoundDatabase, Inspection } from '../inspection.ts'
import { migrationFiles } from '../migration-files.ts'
import { MIGRATIONS } from './migrate.ts'
import { BUSY_TIMEOUT } from './open.ts'
import { tryWriting } from './try-writing.ts'

/** Looks at a database file. What is tried on it is rolled back. */
export function inspectSqlite(path: string): Inspection {
  if (!existsSync(path)) return { kind: 'missing', folder: folderOf(path) }
  try {
    const db = new Database(path, { timeout: BUSY_TIMEOUT, fileMustExist: true })
    try {
      return look(db)
    } finally {
      db.close()
    }
  } catch (error) {
    return { kind: 'unusable', code: codeOf(error) }
  }
}

function look(db: Database.Database): FoundDatabase {
  const tables = db.prepare<[], { name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'").all()
  const has = (table: string) => tables.some(({ name }) => name === table)
  const seen = has('migrations')
    ? db.prepare<[], { version: number }>('SELECT version FROM migrations').all()
    : []
  const known = migrationFiles(MIGRATIONS)
  const account = has('connections')
    ? db
        .prepare<[], { id: string }>(
          "SELECT crm_account_id AS id FROM connections WHERE status = 'connected' ORDER BY connected_at LIMIT 1",
        )
        .get()
    : undefined
  return {
    kind: 'found',
    readOnly: tryWriting(db),
    pending: known
      .filter((file) => !seen.some(({ version }) => version === file.version))
      .map(({ name }) => name),
    unknown: seen.filter(({ version }) => version > 0 && !known.some((file) => file.version === version))
      .length,
    sealingKeys: has('sealing_keys')
      ? db
          .prepare<[], { id: string; probe: string }>('SELECT id, probe_sealed AS probe FROM sealing_keys')
          .all()
      : [],
    account: account?.id ?? null,
  }
}

function folderOf(path: string): 'writable' | 'read_only' | 'missing' {
  if (!existsSync(dirname(path))) return 'missing'
  try {
    accessSync(dirname(path), constants.W_OK)
    return 'writable'
  } catch {
    return 'read_only'
  }
}

const codeOf = (error: unknown) => errorFields(error).code ?? 'unknown'
