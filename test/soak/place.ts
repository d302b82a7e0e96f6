import { truncate } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { inject } from 'vitest'
import { smallDisk } from '../support/small-disk.ts'
import { startServer } from '../support/postgres/start-server.ts'
import { makeTemplate, testDatabase } from '../support/postgres/test-database.ts'

/** Where a service keeps its data and its log, and how both are taken away from it for a while. */
export interface Place {
  databaseUrl: string
  log: string
  fail: () => Promise<unknown>
  recover: () => Promise<unknown>
  stop: () => Promise<unknown>
}

/** Room for the rows of hours: the disk is full when the test says so. */
const MEGABYTES = 64

/** A disk that is full at times, for the file and for the log; null where this user may not mount one. */
async function onSmallDisk(): Promise<Place | null> {
  const disk = await smallDisk(MEGABYTES)
  if (!disk) return null
  const [file, log] = [join(disk.path, 'wauth.db'), join(disk.path, 'log')]
  return {
    ...{ databaseUrl: `file:${file}`, log, stop: () => disk.remove() },
    async fail() {
      // A write-ahead log that was copied has room for what comes next, on a full disk, too.
      const database = new Database(file)
      database.pragma('wal_checkpoint(TRUNCATE)')
      database.close()
      await disk.fill()
    },
    async recover() {
      await truncate(log)
      await disk.free()
    },
  }
}

/** A server that is stopped at times; the log stands on a device that is full all the time. */
async function onServer(): Promise<Place> {
  const server = await startServer()
  await makeTemplate(server.url)
  const { url } = await testDatabase({ server: server.url })
  return {
    ...{ databaseUrl: url, log: '/dev/full', fail: server.stop, recover: server.start },
    stop: server.remove,
  }
}

export const startPlace = (): Promise<Place | null> =>
  inject('engine') === 'sqlite' ? onSmallDisk() : onServer()
