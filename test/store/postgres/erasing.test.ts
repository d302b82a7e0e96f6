import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openPostgresStore } from '../../../src/store/postgres/index.ts'
import { migratePostgres } from '../../../src/store/postgres/migrate.ts'
import { NOON } from '../../support/attempts.ts'
import { NO_SERVER, serverPrograms, startDebianPostgres } from '../../support/debian-postgres.ts'
import { ABUSES, abused, connectedBy, everywhere, textsOf } from '../../support/persons.ts'
import { testDatabase } from '../../support/postgres/test-database.ts'

const OPERATOR = { userId: 'operator', userName: 'Olga', address: '192.0.2.1' }

async function eraseAcme(url: string) {
  const store = await openPostgresStore(url)
  await everywhere(store, 'acme')
  await connectedBy(store, 'nordwind')
  await store.connections.disconnect('acme', OPERATOR, NOON)
  await store.connections.erase('acme', OPERATOR, NOON)
  const remains = await store.wipe({ whole: false })
  await store.close()
  return remains.map(({ code }) => code)
}

test('nothing of a person is left in any row of PostgreSQL; where it may still lie is named', async () => {
  const database = await testDatabase()
  onTestFinished(async () => {
    await database.remove()
  })
  const remains = await eraseAcme(database.url)
  expect(remains).toEqual(['dead_rows', 'statistics', 'server_log', 'backups', 'log_lines'])
  const everything = JSON.stringify(
    await database.query("SELECT database_to_xml(true, false, '')::text AS all"),
  )
  // As XML writes them.
  const escaped = (account: string) => textsOf(account).map((text) => text.replace('&', '&amp;'))
  for (const text of escaped('acme')) expect(everything).not.toContain(text)
  for (const text of escaped('nordwind')) expect(everything).toContain(text)
})

test('the triggers of the audit refuse all but an erasure, and what goes by time', async () => {
  const database = await testDatabase()
  onTestFinished(async () => {
    await database.remove()
  })
  const store = await openPostgresStore(database.url)
  await abused(store)
  await store.close()
  const rows = () => database.query('SELECT * FROM audit ORDER BY id')
  const before = await rows()
  for (const [title, sql] of Object.entries(ABUSES))
    await expect(database.query(sql), title).rejects.toThrow(/append-only|can only be updated to DEFAULT/)
  expect(await rows()).toEqual(before)
  const person = "user_id = '', user_name = '', address = ''"
  await database.query(
    `UPDATE audit SET ${person} WHERE crm_account_id = 'gone' AND action = 'connection.connected'`,
  )
  expect(await rows()).not.toEqual(before)
})

describe.skipIf(serverPrograms === null)(`by pg_dump${serverPrograms ? '' : `, ${NO_SERVER}`}`, () => {
  test('a copy of the database holds nothing of a person', { tags: ['long'] }, async () => {
    const server = await startDebianPostgres()
    onTestFinished(() => server.stop())
    const database = await testDatabase({ empty: true, server: server.url })
    await migratePostgres(database.url)
    await eraseAcme(database.url)
    const { stdout } = await promisify(execFile)('pg_dump', [database.url], { maxBuffer: 2 ** 26 })
    for (const text of textsOf('acme')) expect(stdout).not.toContain(text)
    for (const text of textsOf('nordwind')) expect(stdout).toContain(text)
  })
})
