import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open } from 'node:fs/promises'
import { AppError } from '../../shared/app-error.ts'
import { StoreUnusable } from '../errors.ts'
import { SEEN_MIGRATIONS, type Programs } from '../row-source.ts'
import { TABLES } from '../table-rows.ts'
import { openClient } from './open.ts'
import { programEnvironment } from './program-environment.ts'
import { startError, wordsOf } from './start-error.ts'

type Program = 'pg_dump' | 'pg_restore'

/** Every table of the product whose rows a copy holds. */
export const COPIED = [SEEN_MIGRATIONS, ...TABLES]

const PLACES = `
  SELECT format('%I.%I', nspname, relname) AS place, current_setting('server_version_num')::int / 10000 AS server
  FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
  WHERE pg_class.oid IN (SELECT to_regclass(name) FROM unnest($1::text[]) AS name)`

/**
 * Copies the tables of the product into an empty file, by `pg_dump`: it reads one state of them, while services write.
 * @throws StoreUnusable, StoreUnavailable, AppError
 */
export async function dump(url: string, file: string, { programs }: { programs: Programs }): Promise<void> {
  const { places, server } = await look(url)
  const version = await versionOf('pg_dump', programs)
  if (version < server) throw tooOld(version, server)
  const tables = places.map((place) => `--table=${place}`)
  const options = ['--format=custom', '--data-only', '--no-password', '--lock-wait-timeout=30000', ...tables]
  const handle = await open(file, 'w')
  try {
    const { ended } = await start('pg_dump', options, { programs, url, stdout: handle.fd })
    const { code, said } = await ended
    if (code !== 0) throw failed('pg_dump', said, url)
  } finally {
    await handle.close()
  }
}

async function look(url: string): Promise<{ places: string[]; server: number }> {
  const client = openClient(url)
  client.on('error', () => undefined)
  try {
    await client.connect()
    const names = COPIED.map(({ name }) => name)
    const { rows } = await client.query<{ place: string; server: number }>(PLACES, [names])
    if (rows.length === 0) throw nothingThere()
    return { places: rows.map(({ place }) => place), server: rows[0]?.server ?? 0 }
  } catch (cause) {
    throw startError(
      'The database cannot be copied',
      {
        code: 'backup_failed',
        hint: 'Let the role in DATABASE_URL read its tables and their sequences.',
        cause,
      },
      url,
    )
  } finally {
    await client.end().catch(() => undefined)
  }
}

/**
 * Starts a program of PostgreSQL. Where the server is and its password stand in the environment of the child, never on its
 * command line, which everybody on the machine may read.
 */
export async function start(
  program: Program,
  options: readonly string[],
  { programs, url, stdout = 'pipe' }: { programs: Programs; url?: string; stdout?: number | 'pipe' },
) {
  const env = { ...programs, LC_ALL: 'C', ...(url !== undefined && programEnvironment(url)) }
  const child = spawn(program, options, { env, stdio: ['ignore', stdout, 'pipe'] })
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => (said = (said + chunk.toString('utf8')).slice(-2000)))
  await once(child, 'spawn').catch((cause: unknown) => {
    throw missing(program, cause)
  })
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, said: said.trim() }))
  return { stdout: child.stdout, ended, stop: () => child.kill() }
}

/** The major version of a program. */
async function versionOf(program: Program, programs: Programs): Promise<number> {
  const { stdout, ended } = await start(program, ['--version'], { programs })
  let text = ''
  for await (const chunk of stdout ?? []) text += String(chunk)
  await ended
  return Number(/\d+/.exec(text)?.[0])
}

const missing = (program: Program, cause: unknown) =>
  new StoreUnusable(`A copy of a PostgreSQL database needs ${program}, which is not here`, {
    code: 'pg_dump_missing',
    hint: 'Install the client programs of PostgreSQL, of the version of the server or a later one (Debian: postgresql-client), or run this where they are.',
    cause,
  })

const tooOld = (version: number, server: number) =>
  new StoreUnusable(`pg_dump is of PostgreSQL ${version}, and the server of ${server}`, {
    code: 'pg_dump_too_old',
    hint: `pg_dump copies no server that is newer than itself: install the client programs of PostgreSQL ${server}.`,
  })

const nothingThere = () =>
  new StoreUnusable('The database has no tables of this service', {
    code: 'database_not_migrated',
    hint: 'Check that DATABASE_URL names the database of this service.',
  })

/** `said`: what the program said last. */
const failed = (program: Program, said: string, url: string) =>
  new AppError(`${program} has failed: ${wordsOf(said, url)}`, {
    code: 'backup_failed',
    hint: /certificate file "system"/.test(said) ? NO_AUTHORITIES : 'Mend what it names, and run this again.',
  })

const NO_AUTHORITIES =
  'libpq before 16 does not know the authorities of the system: install a newer one, or name the file of the authority in DATABASE_URL (sslrootcert=/path/ca.pem).'
