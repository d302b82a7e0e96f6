import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { StoreUnusable } from '../errors.ts'

/** What lies beside a database while a copy is made ready to replace it. */
export const COMING = '.restoring-'

/** Where the replaced one is kept. */
export const GONE = '.replaced-'

/** Files that a restore that was broken off has left beside the database, or that one makes this moment. It has replaced nothing. */
export const leftBeside = (path: string): string[] =>
  besides(path, COMING).filter((name) => !/-(wal|shm|journal)$/.test(name))

/** Files with the name of the database, and this behind it. */
export function besides(path: string, mark: string): string[] {
  const folder = dirname(path)
  const names = existsSync(folder) ? readdirSync(folder) : []
  return names.filter((name) => name.startsWith(basename(path) + mark)).map((name) => join(folder, name))
}

/**
 * A file that was to be made from a copy is not begun empty: its customers would be gone.
 * @throws StoreUnusable when there is no database, and what a restore has left in its place
 */
export function mustNotWaitForRestore(path: string): void {
  if (existsSync(path) || leftBeside(path).length === 0) return
  throw new StoreUnusable('A restore of this database was broken off before it was done', {
    code: 'restore_unfinished',
    hint: 'Run wauth restore once more. To begin with an empty database instead, remove the file with «.restoring-» in its name.',
  })
}
