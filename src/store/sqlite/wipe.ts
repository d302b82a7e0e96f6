import { createRequire } from 'node:module'
import { basename } from 'node:path'
import { Worker } from 'node:worker_threads'
import Database from 'better-sqlite3'
import { remaining, type Remains } from '../erasure.ts'
import type { Store } from '../port.ts'
import { besides, COMING, GONE } from './beside.ts'
import { guarded } from './guarded.ts'
import { COPY } from './keep-copy.ts'
import { BUSY_TIMEOUT } from './open.ts'

/** Bytes of a file that is rewritten without being asked: some 10,000 customers. Writers wait meanwhile. */
const SMALL = 32 * 1024 * 1024

/**
 * Takes what was emptied out of the file and its write-ahead log. `secure_delete` overwrites the place of a text; copies of it
 * that SQLite has left in the unused space of other pages, when rows grew and pages were split, go when the file is rewritten.
 * `isLogHeld`: a process that was killed may have left in the log what it had erased.
 */
export function wiping(db: Database.Database, isLogHeld = false, rewriteFile = rewrite) {
  const rewriteForAll = forAll(() => succeeds(rewriteFile(db.name)))
  const emptyLog = async () => {
    const emptied = guarded(db, () => {
      truncateLog(db)
    })
    isLogHeld = !(await succeeds(emptied))
  }
  const wipe: Store['wipe'] = async ({ whole }) => {
    const isRewritten = (whole || sizeOf(db) <= SMALL) && (await rewriteForAll())
    await emptyLog()
    const copies = [COPY, GONE, COMING]
      .flatMap((mark) => besides(db.name, mark))
      .map((file) => basename(file))
    const remains: Remains[] = []
    if (!isRewritten) remains.push(remaining('free_space'))
    if (isLogHeld) remains.push(remaining('write_ahead_log'))
    if (copies.length > 0) remains.push(remaining('copies_beside', copies))
    return [...remains, remaining('backups'), remaining('log_lines')]
  }
  return {
    wipe,
    /** Somebody was reading, and may have come to an end. */
    async tryAgain() {
      if (isLogHeld) await emptyLog()
    },
  }
}

/**
 * Calls that come while `work` runs share the next run, as the running one may not see what they have erased. A CRM that erases
 * many accounts at once must not start as many rewrites, which would keep each other and every writer out.
 */
function forAll(work: () => Promise<boolean>): () => Promise<boolean> {
  let running: Promise<boolean> | null = null
  let next: Promise<boolean> | null = null
  const begin = () => {
    next = null
    running = work().finally(() => (running = null))
    return running
  }
  return () => (running ? (next ??= running.then(begin)) : begin())
}

const sizeOf = (db: Database.Database) =>
  Number(db.pragma('page_count', { simple: true })) * Number(db.pragma('page_size', { simple: true }))

/** Somebody else may be at the file, or the disk be full. Nothing is lost then. */
const succeeds = (work: Promise<unknown>) =>
  work.then(
    () => true,
    () => false,
  )

/** Moves the log into the file and leaves nothing of it. A reader of an earlier state needs it still. */
function truncateLog(db: Database.Database): void {
  const [row] = db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[]
  if (row?.busy !== 0) throw new Database.SqliteError('The write-ahead log is being read', 'SQLITE_BUSY')
}

const REWRITE = `
  const { workerData } = require('node:worker_threads')
  const Database = require(workerData.driver)
  const db = new Database(workerData.path, { timeout: workerData.timeout })
  db.pragma('secure_delete = ON')
  db.exec('VACUUM')
  db.close()`

/** In a thread of its own: it may take a second, and keys are looked up meanwhile. */
function rewrite(path: string): Promise<void> {
  const driver = createRequire(import.meta.url).resolve('better-sqlite3')
  const worker = new Worker(REWRITE, { eval: true, workerData: { driver, path, timeout: BUSY_TIMEOUT } })
  return new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.once('exit', resolve)
  })
}
