import { readdir, readFile } from 'node:fs/promises'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { StoreUnusable } from '../../../src/store/errors.ts'
import { openPostgresStore } from '../../../src/store/postgres/index.ts'
import { inspectPostgres } from '../../../src/store/postgres/inspect.ts'
import { RIGHTS } from '../../../src/store/postgres/writable.ts'
import { SEALED_COLUMNS } from '../../../src/store/sealed-columns.ts'
import { TABLES } from '../../../src/store/table-rows.ts'
import { connected } from '../../support/attempts.ts'
import { accountsSince } from '../../support/changed-connections.ts'
import { testDatabase } from '../../support/postgres/test-database.ts'

let database: Awaited<ReturnType<typeof testDatabase>>
let role: string
let url: string

beforeAll(async () => {
  database = await testDatabase()
  const address = new URL(database.url)
  role = `service_${address.pathname.slice(1)}`
  address.username = role
  url = address.href
  const grants = Object.entries(RIGHTS).map(
    ([table, rights]) => `GRANT ${rights.replaceAll(' ', ', ')} ON ${table} TO ${role}`,
  )
  await database.query(`CREATE ROLE ${role} LOGIN PASSWORD 'wauth'; GRANT SELECT ON migrations TO ${role};
    ${grants.join(';')}`)
})
afterAll(async () => {
  await database.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
  await database.remove()
})

test('a role with just the rights that the service needs starts it, connects, cleans up and tells its keys', async () => {
  const store = await openPostgresStore(url)
  await store.ping()
  await connected(store, 'acme', 'api-key-1')
  expect(await accountsSince(store, new Date(0))).toEqual(['acme'])
  await store.sealingKeys.announce({ name: 'host:1', id: 'one', keys: ['k1'] })
  await expect(store.cleanUp(new Date(), 100)).resolves.toBe(0)
  await store.close()
  expect(await inspectPostgres(url)).toMatchObject({ readOnly: null })
})

test('it cannot use the rights of the owner by a trigger on a table of its own', async () => {
  const ofOwner = await database.query(
    "SELECT proname AS name FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace ORDER BY 1",
  )
  expect(ofOwner.map(({ name }) => name)).toEqual(['note_change', 'rename_lookups', 'tell_lookups'])
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('CREATE TEMP TABLE generations (LIKE public.generations)')
  for (const { name } of ofOwner)
    await expect(
      client.query(
        `CREATE TRIGGER mine AFTER INSERT ON pg_temp.generations FOR EACH ROW EXECUTE FUNCTION public.${String(name)}()`,
      ),
    ).rejects.toMatchObject({ code: '42501' })
  await client.end()
})

const EACH = Object.entries(RIGHTS).flatMap(([table, rights]) =>
  rights.split(' ').map((right) => ({ table, right })),
)

test.each(EACH)('without $right on $table it does not start, and says what to change', async (one) => {
  await database.query(`REVOKE ${one.right} ON ${one.table} FROM ${role}`)
  await expect(openPostgresStore(url)).rejects.toMatchObject({
    ...{ constructor: StoreUnusable, code: 'database_cannot_open' },
    hint: expect.stringContaining('GRANT') as string,
  })
  await database.query(`GRANT ${one.right} ON ${one.table} TO ${role}`)
})

test('the rights are those that its statements need', async () => {
  const [written, read] = [
    [...TABLES.map(({ name }) => name), 'health_writes'],
    ['changes', 'epochs', 'lookups'],
  ]
  expect(Object.keys(RIGHTS)).toEqual([...written, ...read])
  const needed = new Map(written.map((table) => [table, new Set(['SELECT', 'INSERT'])]))
  for (const table of read) needed.set(table, new Set(['SELECT']))
  for (const { table } of SEALED_COLUMNS) needed.get(table)?.add('UPDATE')
  for (const [, right = '', table = ''] of (await statements()).matchAll(CHANGE))
    needed.get(table)?.add(right)
  for (const [, table = ''] of (await statements()).matchAll(UPSERT)) needed.get(table)?.add('UPDATE')
  const given = Object.entries(RIGHTS).map(([table, rights]) => [table, new Set(rights.split(' '))])
  expect(Object.fromEntries(given)).toEqual(Object.fromEntries(needed))
})

const CHANGE = /\b(DELETE(?= FROM)|UPDATE)(?: FROM)? (\w+)/g
/** An addition that changes the row that is there, in one statement. */
const UPSERT = /INSERT INTO (\w+)[^`]*ON CONFLICT[^`]*DO UPDATE/g

/** The text of everything that has SQL for this engine. */
async function statements(): Promise<string> {
  const folders = ['sql', 'postgres'].map((name) => new URL(`../../../src/store/${name}/`, import.meta.url))
  const files = await Promise.all(
    folders.map(async (folder) => (await readdir(folder)).map((file) => new URL(file, folder))),
  )
  return (await Promise.all(files.flat().map((file) => readFile(file, 'utf8')))).join('\n')
}
