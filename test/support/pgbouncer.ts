import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { installed } from './installed.ts'
import { tempDir } from './temp-dir.ts'

/** Where this machine has a PgBouncer; not every user looks into `sbin`. */
export const pgbouncer: string | undefined = installed('pgbouncer', '../sbin/pgbouncer')

/** For the title of what is left out without it. */
export const NO_PGBOUNCER = 'PgBouncer (left out: this machine has no pgbouncer, see .ci/run)'

/** PgBouncer refuses to be root. */
const NOBODY = 65534

/**
 * A PgBouncer before the server of this database, with its own defaults but for `settings`. `url` is the database's, at
 * the pooler. It can be stopped and started again.
 */
export async function startPgbouncer(databaseUrl: string, settings: Record<string, string> = {}) {
  const folder = await tempDir()
  const [port, server] = [await freePort(), new URL(databaseUrl)]
  const file = (name: string) => join(folder.path, name)
  const own = { listen_addr: '127.0.0.1', listen_port: port, auth_file: file('users'), unix_socket_dir: '' }
  const set = (more: Record<string, string>) => {
    const all = Object.entries({ ...own, ...more }).map(([name, value]) => `${name} = ${value}`)
    const databases = `[databases]\n* = host=127.0.0.1 port=${server.port}\n[pgbouncer]`
    return writeFile(file('pgbouncer.ini'), [databases, ...all, ''].join('\n'))
  }
  await writeFile(file('users'), `"${server.username}" "${server.password}"\n`)
  await set(settings)
  await chmod(folder.path, 0o755)
  const asNobody = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
  let child: ChildProcess | undefined
  const stop = async () => {
    if (!child) return
    const ended = once(child, 'close')
    // At once, and not when its clients are done.
    child.kill('SIGTERM')
    await ended
    child = undefined
  }
  const start = async () => {
    child = spawn(pgbouncer ?? '', [file('pgbouncer.ini')], {
      ...{ stdio: ['ignore', 'ignore', 'pipe'], ...asNobody },
    })
    await saysThatItIsUp(child)
  }
  await start()
  const url = new URL(databaseUrl)
  url.port = String(port)
  return {
    ...{ url: url.href, start, stop },
    /** What it is set up with from its next start on, beside its own defaults. */
    set,
    async remove() {
      await stop()
      await folder.remove()
    },
  }
}

async function saysThatItIsUp(child: ChildProcess) {
  let log = ''
  const early = once(child, 'close').then(() => {
    throw new Error(`PgBouncer has ended: ${log}`)
  })
  early.catch(() => undefined)
  child.stderr?.on('data', (chunk: Buffer) => {
    log += chunk.toString('utf8')
    child.emit('line')
  })
  while (!log.includes('process up')) await Promise.race([once(child, 'line'), early])
}
