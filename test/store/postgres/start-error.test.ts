import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { StoreUnavailable, StoreUnusable } from '../../../src/store/errors.ts'
import { openPostgresStore } from '../../../src/store/postgres/index.ts'
import { inspectPostgres } from '../../../src/store/postgres/inspect.ts'
import { migratePostgres, planPostgres } from '../../../src/store/postgres/migrate.ts'
import { testDatabase } from '../../support/postgres/test-database.ts'
import { tempDir } from '../../support/temp-dir.ts'

let database: Awaited<ReturnType<typeof testDatabase>>
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.remove())

const containing = (text: string) => expect.stringContaining(text) as string

const named = (cause: string, code: string, cure: string, Kind = StoreUnusable) => ({
  ...{ constructor: Kind, message: containing(cause), hint: containing(cure) },
  code,
})

/** The start, the migration and its plan end in one and the same error, and the check says the same. */
async function expectTold(url: string, told: ReturnType<typeof named>) {
  await expect(openPostgresStore(url)).rejects.toMatchObject(told)
  await expect(migratePostgres(url)).rejects.toMatchObject(told)
  await expect(planPostgres(url)).rejects.toMatchObject(told)
  expect(await inspectPostgres(url)).toMatchObject({
    ...{ kind: 'unusable', says: told.message, hint: told.hint },
  })
}

test.each([
  ['a database that is not there', (url: string) => `${url}_elsewhere`, 'no such database (3D000', 'Create'],
  [
    'a wrong password',
    (url: string) => url.replace(':wauth@', ':canary@'),
    'the user or the password (28P01',
    'password',
  ],
  ['a server without TLS', (url: string) => `${url}?sslmode=verify-full`, 'no TLS', 'sslmode'],
  [
    'a file of TLS that is not there',
    (url: string) => `${url}?sslmode=verify-full&sslrootcert=/no/where.pem`,
    'cannot be read (ENOENT)',
    'sslrootcert',
  ],
  [
    'a parameter that the server does not know',
    (url: string) => `${url}?options=-c%20nonsense%3D1`,
    'a parameter (42704',
    'DATABASE_URL',
  ],
])('%s is named with its cure, to anybody who asks', (_, spoil, cause, cure) =>
  expectTold(spoil(database.url), named(cause, 'database_cannot_open', cure)),
)

test.each([
  ['no socket', (url: string) => url.replace(/@.*\//, '@/') + '?host=/no/where', 'no socket', 'unix_socket'],
  ['no server', (url: string) => url.replace(/:\d+\//, ':9/'), 'listens', 'listen_addresses'],
  ['no such host', (url: string) => url.replace('127.0.0.1', 'db.invalid'), 'no address (ENOTFOUND', 'names'],
])('%s: waiting may help, and what is missing is named', async (_, spoil, cause, cure) => {
  const told = named(cause, 'database_unreachable', cure, StoreUnavailable)
  await expect(openPostgresStore(spoil(database.url))).rejects.toMatchObject(told)
  await expect(migratePostgres(spoil(database.url))).rejects.toMatchObject(told)
})

test('through the socket of a server on this machine all works, with the folder in ?host=', async () => {
  const [folder, { port, pathname }] = [await tempDir(), new URL(database.url)]
  const socket = createServer((near) => {
    const far = connect(Number(port), '127.0.0.1')
    near.pipe(far).pipe(near)
    for (const side of [near, far]) side.on('error', () => undefined)
  })
  socket.listen(join(folder.path, '.s.PGSQL.5432'))
  await once(socket, 'listening')
  onTestFinished(async () => {
    socket.close()
    await folder.remove()
  })
  const store = await openPostgresStore(`postgres://wauth:wauth@${pathname}?host=${folder.path}`)
  await expect(store.ping()).resolves.toBeUndefined()
  await store.close()
})

test.each(['LATIN1', 'SQL_ASCII'])(
  'a database in %s is refused, before a table is made',
  async (encoding) => {
    const name = `in_${encoding.toLowerCase()}`
    await database.query(`CREATE DATABASE ${name} ENCODING '${encoding}' TEMPLATE template0`)
    const url = database.url.replace(/[^/]+$/, name)
    await expectTold(url, named(`in ${encoding}`, 'database_encoding', "ENCODING 'UTF8'"))
    await database.query(`DROP DATABASE ${name}`)
  },
)

test('a role that may not log in, and a database that takes nobody', async () => {
  const as = new URL(database.url)
  as.username = `locked_${as.pathname.slice(1)}`
  await database.query(`CREATE ROLE ${as.username} NOLOGIN PASSWORD 'wauth'`)
  await database.query('CREATE DATABASE takes_nobody')
  const refused = 'database_cannot_open'
  await expect(openPostgresStore(as.href)).rejects.toMatchObject(
    named('this user in (28000', refused, 'LOGIN'),
  )
  await database.query('ALTER DATABASE takes_nobody ALLOW_CONNECTIONS false')
  const nobody = database.url.replace(/[^/]+$/, 'takes_nobody')
  await expect(openPostgresStore(nobody)).rejects.toMatchObject(named('(55000', refused, 'ALLOW_CONNECTIONS'))
  await database.query(`ALTER ROLE ${as.username} LOGIN CONNECTION LIMIT 0`)
  await expect(openPostgresStore(as.href)).rejects.toMatchObject(
    named('no connection left (53300', 'storage_unavailable', 'CONNECTION LIMIT', StoreUnavailable),
  )
  await database.query(`DROP ROLE ${as.username}`)
  await database.query('DROP DATABASE takes_nobody')
})

test('tables of another program, and no schema to make any in, stop the migration', async () => {
  const empty = await testDatabase({ empty: true })
  onTestFinished(async () => {
    await empty.remove()
  })
  await expect(migratePostgres(`${empty.url}?options=-c%20search_path%3Dnowhere`)).rejects.toMatchObject(
    named('no schema', 'migration_failed', 'search_path'),
  )
  await empty.query('CREATE TABLE attempts (id int)')
  await expect(migratePostgres(empty.url)).rejects.toMatchObject(
    named('tables of these names already', 'migration_failed', 'of its own'),
  )
})

test('what the driver would warn of is not on standard error: the settings say it', async () => {
  const warned: Error[] = []
  const hear = (warning: Error) => void warned.push(warning)
  process.on('warning', hear)
  onTestFinished(() => void process.off('warning', hear))
  await expect(openPostgresStore(`${database.url}?sslmode=require`)).rejects.toMatchObject(
    named('no TLS', 'database_cannot_open', 'sslmode'),
  )
  expect(warned).toEqual([])
})

test('a role that may not make tables is told so by the migration', async () => {
  const empty = await testDatabase({ empty: true })
  const as = new URL(empty.url)
  as.username = `guest_${as.pathname.slice(1)}`
  await empty.query(`CREATE ROLE ${as.username} LOGIN PASSWORD 'wauth'`)
  await expect(migratePostgres(as.href)).rejects.toMatchObject({
    ...{ constructor: StoreUnusable, code: 'migration_failed', message: containing('42501') },
    hint: containing('CREATE on the schema'),
  })
  await empty.query(`DROP ROLE ${as.username}`)
  await empty.remove()
})
