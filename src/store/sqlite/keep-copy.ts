import { renameSync } from 'node:fs'
import type { Database } from 'better-sqlite3'

/**
 * Keeps a copy of a database that has a schema already, beside it, named after that schema. It is whole when it has its
 * name, and takes the place of an older one of the same schema.
 */
export function keepCopy(db: Database, version: number): void {
  if (version === 0) return
  const copy = `${db.name}.schema-${version}`
  const unfinished = `${copy}.${process.pid}`
  db.prepare('VACUUM INTO ?').run(unfinished)
  renameSync(unfinished, copy)
}
