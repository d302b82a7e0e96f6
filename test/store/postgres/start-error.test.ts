import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { StoreUnavailable, StoreUnusable } from '../../../src/store/errors.ts'
import { openPostgresStore } from '../../../src/store/postgres/index.ts'
import { inspectPostgres } from '../../../src/store/postgres/inspect.ts'
import { migratePostgres } from '../../../src/store/postgres/migrate.ts'
import { startError } from '../../../src/store/postgres/start-error.ts'
import { testDatabase } from '../../support/postgres/test-database.ts'

let database: Awaited<ReturnType<typeof testDatabase>>
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.remove())

const containing = (text: string) => expect.stringContaining(text) as string

test.each([
  ['a database that is not there', (url: string) => `${url}_elsewhere`, '3D000', 'Create the database'],
  ['a wrong password', (url: string) => url.replace(':wauth@', ':canary@'), '28P01', 'password'],
  ['a server without TLS', (url: string) => `${url}?sslmode=verify-full`, '', 'sslmode'],
])('%s is named with its cure, to anybody who asks', async (_, spoil, code, cure) => {
  const url = spoil(database.url)
  const told = { constructor: StoreUnusable, message: containing(code), hint: containing(cure) }
  await expect(openPostgresStore(url)).rejects.toMatchObject(told)
  await expect(migratePostgres(url)).rejects.toMatchObject(told)
  expect(await inspectPostgres(url)).toMatchObject({ kind: 'unusable', hint: containing(cure) })
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

const said = (code: string, message: string) =>
  Object.assign(new pg.DatabaseError(message, 0, 'error'), { code })
const told = (cause: unknown) =>
  startError('It fails', { code: 'x', cause }, 'postgres://u:c%40nary@db.example/d')

// As PgBouncer says them; the class is the same for all.
test.each([
  'no more connections allowed (max_client_conn)',
  'query_wait_timeout',
  'server login has been failing, cached error: connect failed (server_login_retry)',
  'pgbouncer cannot connect to server',
  'server conn crashed?',
])('«%s» passes, and is not said to be out of reach', (message) => {
  expect(told(said('08P01', message))).toMatchObject({
    ...{ constructor: StoreUnavailable, code: 'storage_unavailable', message: containing(message) },
  })
})

test.each([
  'no such database: wauth',
  'no such user',
  'unsupported startup parameter: options',
  'unsupported startup parameter: statement_timeout=5',
])('«%s» is for somebody to mend', (message) => {
  expect(told(said('08P01', message))).toMatchObject({
    ...{ constructor: StoreUnusable, code: 'x', message: containing(message), hint: containing('pooler') },
  })
})

test('the words of a server are one short line, without the password', () => {
  const { message } = told(said('28P01', `«Пароль» c@nary c%40nary\u001b[2J\n${'long '.repeat(200)}`))
  expect(message).toMatch(/^It fails \(28P01: «Пароль» … … \[2J long /)
  expect(message.length).toBeLessThan(250)
})

test('what is said about a row stays out of it', () => {
  const { message } = told(said('23505', 'duplicate key (canary)'))
  expect(message).toBe('It fails (23505)')
})
