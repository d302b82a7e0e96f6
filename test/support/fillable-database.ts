import { join } from 'node:path'
import { inject } from 'vitest'
import { testDatabase } from './postgres/test-database.ts'
import { smallDisk } from './small-disk.ts'

/** As a server says it whose disk is full: whatever is to be written. */
const FULL = `
  CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = 'disk_full'; END$$;
  ${['attempts', 'connections', 'generations', 'exchanges', 'health_writes']
    .map(
      (table) =>
        `CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE OR DELETE ON ${table} EXECUTE FUNCTION full_disk();`,
    )
    .join('\n')}`

const FREE = 'DROP FUNCTION full_disk CASCADE'

/** A database that takes no write when its disk was filled, until it is free again; null where no small disk can be had. */
export async function fillableDatabase() {
  if (inject('engine') === 'postgres') {
    const { url, query, moveTime, remove } = await testDatabase()
    return { url, fill: () => query(FULL), free: () => query(FREE), moveTime, remove }
  }
  const disk = await smallDisk()
  if (!disk) return null
  // The service's own clock is the database's.
  const moveTime = async () => undefined
  return { url: `file:${join(disk.path, 'wauth.db')}`, moveTime, ...disk }
}
