import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from './free-port.ts'
import { installed } from './installed.ts'
import { tempDir } from './temp-dir.ts'

const DEBIAN = '/usr/lib/postgresql'
const versions = await readdir(DEBIAN).catch(() => [])

/** The programs of the server of this machine's package, whose `pg_dump` is of the same version; null where there is none. */
export const serverPrograms =
  versions[0] !== undefined && installed('pg_dump') !== undefined ? join(DEBIAN, versions[0], 'bin') : null

/** For the title of what is left out without it. */
export const NO_SERVER = 'left out: this machine has no server of its own with pg_dump, see .ci/run'

/** It must be seen nowhere. */
export const PASSWORD = 'a-password-to-be-seen-nowhere'

/** The server refuses to be root. */
const NOBODY = 65534

/** A server of the version that this machine's `pg_dump` has, on a free port of 127.0.0.1, with a password. */
export async function startDebianPostgres() {
  const folder = await tempDir()
  const [data, port, bin] = [join(folder.path, 'data'), await freePort(), serverPrograms ?? '']
  await mkdir(data)
  await chmod(folder.path, 0o755)
  const asNobody = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
  if (process.getuid?.() === 0) await chown(data, NOBODY, NOBODY)
  const passwords = join(folder.path, 'password')
  await writeFile(passwords, PASSWORD)
  const auth = ['--auth=scram-sha-256', `--pwfile=${passwords}`]
  const initdb = ['-D', data, '-U', 'wauth', '--encoding=UTF8', '--locale=C', '--no-sync', ...auth]
  await promisify(execFile)(join(bin, 'initdb'), initdb, asNobody)
  const settings = ['fsync=off', 'listen_addresses=127.0.0.1', 'unix_socket_directories=', `port=${port}`]
  const child = spawn(join(bin, 'postgres'), ['-D', data, ...settings.flatMap((one) => ['-c', one])], {
    ...asNobody,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let log = ''
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString('utf8')
    child.emit('line')
  })
  const early = once(child, 'close').then(() => {
    throw new Error(`PostgreSQL has ended: ${log}`)
  })
  early.catch(() => undefined)
  while (!log.includes('ready to accept connections')) await Promise.race([once(child, 'line'), early])
  return {
    /** Without a database. */
    url: `postgres://wauth:${PASSWORD}@127.0.0.1:${port}`,
    async stop() {
      const ended = once(child, 'close')
      child.kill('SIGINT')
      await ended
      await folder.remove()
    },
  }
}
