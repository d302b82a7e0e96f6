import Database from 'better-sqlite3'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { withoutFsync } from '../../../src/store/sqlite/without-fsync.ts'
import { tempDir } from '../../support/temp-dir.ts'

const [NORMAL, FULL] = [1, 2]

test('only what may be done again does not wait for the disk, also when it fails', async () => {
  const folder = await tempDir()
  const db = new Database(join(folder.path, 'wauth.db'))
  onTestFinished(async () => {
    db.close()
    await folder.remove()
  })
  const look = () => db.pragma('synchronous', { simple: true })
  expect(withoutFsync(db, look)()).toBe(NORMAL)
  expect(look()).toBe(FULL)
  const fail = withoutFsync(db, () => {
    throw new Error('no')
  })
  expect(fail).toThrow('no')
  expect(look()).toBe(FULL)
})
