import { closeSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { hours } from '../../shared/clock.ts'
import { toDisk } from '../whole-file.ts'

/** What stands behind the name of a database in that of a copy, before the number of its schema. */
export const COPY = '.schema-'

/** How many copies are kept beside a database, and for how long: they hold keys of customers who have disconnected since. */
const [KEPT, KEPT_FOR] = [2, hours(24 * 31)]

/**
 * Keeps a copy of a database that has a schema already, beside it, named after that schema. It has its name when all of it is on
 * the disk, and takes the place of an older one of the same schema. What a start has left unfinished is taken away: no
 * other process makes one meanwhile, as the caller has the write lock.
 */
export function keepCopy(path: string, version: number): void {
  if (version === 0) return
  for (const file of besides(path, /^\.\d+(-journal|-wal|-shm)?$/)) removeIfAllowed(file)
  const copy = `${path}${COPY}${version}`
  const unfinished = `${copy}.${process.pid}`
  try {
    // Nobody else may read it, from its first byte on.
    closeSync(openSync(unfinished, 'wx', 0o600))
    copyInto(unfinished, path)
    toDisk(unfinished)
    renameSync(unfinished, copy)
    toDisk(dirname(path))
  } finally {
    rmSync(unfinished, { force: true })
  }
}

/** By a connection of its own: one in a transaction cannot. Free pages, and what is left of deleted rows in them, stay behind. */
function copyInto(file: string, path: string) {
  const db = new Database(path, { readonly: true, fileMustExist: true })
  try {
    db.prepare('VACUUM INTO ?').run(file)
  } finally {
    db.close()
  }
}

/** Takes away all copies but the newest, and those that are too old. Nothing that stands in its way keeps the service from its work. */
export function forgetCopies(path: string, now: Date): void {
  const copies = besides(path, /^$/)
    .map((file) => ({ file, made: statSync(file, { throwIfNoEntry: false }) }))
    .flatMap(({ file, made }) => (made?.isFile() ? [{ file, made: made.mtimeMs }] : []))
    .toSorted((one, two) => two.made - one.made)
  for (const [index, { file, made }] of copies.entries()) {
    if (index >= KEPT || now.getTime() - made > KEPT_FOR) removeIfAllowed(file)
  }
}

/** One of another user, in a folder where each user removes only its own, stays. */
function removeIfAllowed(file: string) {
  try {
    rmSync(file, { force: true })
  } catch {
    // The next start tries it again.
  }
}

/** The files beside a database that have the name of a copy, with this behind it. */
function besides(path: string, behind: RegExp): string[] {
  const [folder, start] = [dirname(path), `${basename(path)}${COPY}`]
  return readdirSync(folder)
    .filter((name) => name.startsWith(start))
    .filter((name) => {
      const [, rest] = /^\d+(.*)$/.exec(name.slice(start.length)) ?? []
      return rest !== undefined && behind.test(rest)
    })
    .map((name) => join(folder, name))
}
