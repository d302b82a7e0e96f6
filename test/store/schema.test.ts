import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import { testDatabase } from '../support/postgres/test-database.ts'
import { tempDir } from '../support/temp-dir.ts'

// What stands in `schema/` lets whoever reads a change see what it does to the schema.

test('SQLite has the schema that is written down', async () => {
  const dir = await tempDir()
  const path = join(dir.path, 'wauth.db')
  await (await openSqliteStore(path)).close()
  const db = new Database(path, { readonly: true })
  const found = db
    .prepare<[], { sql: string }>(
      "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND tbl_name <> 'sqlite_sequence' ORDER BY type DESC, name",
    )
    .all()
  db.close()
  await dir.remove()
  await expect(found.map(({ sql }) => `${sql};\n`).join('\n')).toMatchFileSnapshot('./schema/sqlite.sql')
})

const COLUMNS = `
  SELECT format('%s.%s %s%s%s', table_name, column_name, data_type,
    CASE is_nullable WHEN 'NO' THEN ' NOT NULL' ELSE '' END, ' DEFAULT ' || column_default) AS line
  FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position`
const CONSTRAINTS = `
  SELECT format('%s: %s', conrelid::regclass, pg_get_constraintdef(oid)) AS line FROM pg_constraint
  WHERE connamespace = 'public'::regnamespace AND contype <> 'n' ORDER BY 1`
const INDEXES = "SELECT indexdef AS line FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname"
const TRIGGERS =
  'SELECT pg_get_triggerdef(oid) AS line FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname'

test('PostgreSQL has the schema that is written down', async () => {
  const database = await testDatabase()
  const parts: string[] = []
  for (const sql of [COLUMNS, CONSTRAINTS, INDEXES, TRIGGERS]) {
    parts.push((await database.query(sql)).map(({ line }) => `${String(line)}\n`).join(''))
  }
  await database.remove()
  await expect(parts.join('\n')).toMatchFileSnapshot('./schema/postgres.txt')
})
