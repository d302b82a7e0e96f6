/**
 * Loaded into a command before anything else. Its file system knows no links, as that of a network or of a memory card. Before
 * DATABASE_FILE gets other bytes another process tries to read it; what SQLite says to that is added to SEEN_FILE.
 */
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const [database = '', seen = ''] = [process.env['DATABASE_FILE'], process.env['SEEN_FILE']]

const READ = `
  const Database = require('better-sqlite3')
  try {
    new Database(process.argv[1], { timeout: 0 }).prepare('SELECT count(*) FROM sqlite_schema').get()
    process.stdout.write('read')
  } catch (error) {
    process.stdout.write(error.code)
  }`

const rename = fs.renameSync

fs.linkSync = () => {
  throw Object.assign(new Error('links are not known'), { code: 'EPERM' })
}
fs.renameSync = (from, to) => {
  if (to === database) {
    const { stdout } = spawnSync(process.execPath, ['-e', READ, database], { env: {}, encoding: 'utf8' })
    fs.appendFileSync(seen, stdout)
  }
  rename(from, to)
}
syncBuiltinESMExports()
