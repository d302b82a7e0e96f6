// @module-tag long
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { migratePostgres } from '../../src/store/postgres/migrate.ts'
import { migrateSqlite } from '../../src/store/sqlite/migrate-file.ts'
import { wrongLookupsIn, wrongLookupsOf } from '../support/lookups.ts'
import { testDatabase } from '../support/postgres/test-database.ts'
import { isHere, load, RELEASE_BEFORE, type StoreBefore } from '../support/release-before/modules.ts'
import { tempDir } from '../support/temp-dir.ts'

// That release bounds a batch inside an IN. Where a nested loop looks for its rows again and again, a batch has no end: by PostgreSQL's
// own statistics, at any moment of a test.
const LOOKS_ONCE = `DO $$ BEGIN
  EXECUTE format('ALTER DATABASE %I SET enable_nestloop = off', current_database());
END $$`

// Every statement of that release, by its own contract: the store is opened before the migration, and used after it.
describe.skipIf(!isHere)(`${RELEASE_BEFORE} on the schema of this one`, async () => {
  if (!isHere) return
  const { describeStore } = await load('test/contracts/store.ts')
  const { describeUploads } = await load('test/contracts/uploads.ts')

  describe('PostgreSQL', () => {
    let database: Awaited<ReturnType<typeof testDatabase>>
    let store: StoreBefore
    beforeAll(async () => {
      const { migratePostgres: migrateBefore } = await load('src/store/postgres/migrate.ts')
      const { openPostgresStore } = await load('src/store/postgres/index.ts')
      database = await testDatabase({ empty: true })
      await database.query(LOOKS_ONCE)
      await migrateBefore(database.url)
      store = await openPostgresStore(database.url)
      await migratePostgres(database.url)
    })
    afterAll(async () => {
      await store.close()
      await database.remove()
    })

    const open = async () => {
      await database.clear()
      // It knows nothing of the table of look-ups, and keeps it right.
      const close = async () => {
        expect(await wrongLookupsOf(database)).toEqual([])
      }
      return { store, close }
    }
    describeStore('postgres', open)
    describeUploads('postgres', open)
  })

  describe('SQLite', () => {
    const open = async () => {
      const { openSqliteStore } = await load('src/store/sqlite/index.ts')
      const folder = await tempDir()
      const path = join(folder.path, 'wauth.db')
      const store = await openSqliteStore(path)
      await migrateSqlite(path)
      const close = async () => {
        await store.close()
        expect(wrongLookupsIn(path)).toEqual([])
        await folder.remove()
      }
      return { store, close }
    }
    describeStore('sqlite', open)
    describeUploads('sqlite', open)
  })
})
