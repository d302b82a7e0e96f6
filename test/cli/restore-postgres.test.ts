// @module-tag long
import { chmod, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { digest } from '../../src/crypto/digest.ts'
import { openStore } from '../../src/store/index.ts'
import type { Position } from '../../src/store/port.ts'
import { migratePostgres } from '../../src/store/postgres/migrate.ts'
import { RIGHTS } from '../../src/store/postgres/writable.ts'
import { OPERATOR } from '../contracts/store-lifecycle.ts'
import { connected, NOON } from '../support/attempts.ts'
import { accountsSince } from '../support/changed-connections.ts'
import { NO_SERVER, PASSWORD, serverPrograms, startDebianPostgres } from '../support/debian-postgres.ts'
import { filledDatabase, type FilledDatabase } from '../support/filled-database.ts'
import { installed, majorVersion } from '../support/installed.ts'
import { wrongLookupsOf } from '../support/lookups.ts'
import { testDatabase } from '../support/postgres/test-database.ts'
import { wauth } from '../support/wauth-command.ts'

const KILL = `--import=${fileURLToPath(new URL('../support/kill-at-call.ts', import.meta.url))}`
const asNew = majorVersion('pg_dump') >= 18 ? ', left out: pg_dump is as new here' : ''

/** Whose each table, sequence and function is, and what others may do with it. */
const WHOSE = `
  SELECT relname::text AS name, relowner::regrole::text AS owner, relacl::text[] AS rights FROM pg_class
  WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S')
  UNION ALL SELECT attrelid::regclass || '.' || attname, '', attacl::text[] FROM pg_attribute WHERE attacl IS NOT NULL
    AND attrelid::regclass::text = 'uploads'
  UNION ALL SELECT proname, proowner::regrole::text, proacl::text[] FROM pg_proc
  WHERE pronamespace = 'public'::regnamespace ORDER BY name`

describe.skipIf(serverPrograms === null)(
  `on PostgreSQL${serverPrograms ? '' : `, ${NO_SERVER}`}`,
  { timeout: 600_000 },
  () => {
    let server: Awaited<ReturnType<typeof startDebianPostgres>>
    let database: Awaited<ReturnType<typeof testDatabase>>
    let at: FilledDatabase
    let env: Record<string, string>
    let before: object[]
    let position: Position
    const [crmKeys, ACCOUNT] = [{} as Record<string, string>, 'leaves \\ "and" \t returns']
    beforeAll(async () => {
      server = await startDebianPostgres()
      database = await testDatabase({ empty: true, server: server.url })
      await migratePostgres(database.url)
      // The tables are of another role than who restores, and some rights on them are of others.
      const tables = [...Object.keys(RIGHTS), 'migrations'].map(
        (name) => `ALTER TABLE ${name} OWNER TO owner`,
      )
      await database.query(`CREATE TABLE of_somebody_else (id int); CREATE ROLE handler; CREATE ROLE owner;
        ALTER FUNCTION refuse_change() OWNER TO owner; ${tables.join(';')};
        GRANT SELECT ON generations, health_writes TO handler; GRANT UPDATE (status) ON uploads TO handler;
        GRANT SELECT ON SEQUENCE audit_id_seq TO handler WITH GRANT OPTION`)
      at = await filledDatabase(() => Promise.resolve())
      env = { ...at.env, DATABASE_URL: database.url, PATH: `${at.folder}:${process.env['PATH'] ?? ''}` }
      // What everybody on the machine may read of a process: its arguments.
      const program = join(at.folder, 'pg_dump')
      await writeFile(
        program,
        `#!/bin/sh\necho "$@" >> ${at.folder}/arguments\nexec ${installed('pg_dump') ?? ''} "$@"\n`,
      )
      await chmod(program, 0o755)
    })
    afterAll(() => Promise.all([at.remove(), server.stop()]))

    const rights = () => database.query(WHOSE)
    const store = () => openStore(at.settings({ DATABASE_URL: database.url }))
    const copy = () => join(at.folder, 'copy.dump')
    const restore = (options: string[], more: Record<string, string> = {}, file = copy()) =>
      wauth(['restore', file, '--json', ...options], { env: { ...env, ...more } })
    async function resolving() {
      expect(await wrongLookupsOf(database)).toEqual([])
      const open = await store()
      const names = []
      for (const [name, crmKey] of Object.entries(crmKeys))
        if (await open.keys.find(digest(crmKey))) names.push(name)
      await open.close()
      return names
    }

    // The tests are the steps of one restore, in their order.

    test('a copy is made while a service has it open, by pg_dump, which nobody sees the password of', async () => {
      const open = await store()
      for (const account of ['stays', 'leaves', ACCOUNT])
        crmKeys[account] = (await connected(open, account, `api-key-of-${account}`)).crmKey
      const { code, stdout, stderr } = await wauth(['backup', copy(), '--json'], { env })
      expect({ code, stderr, told: JSON.parse(stdout) as object }).toMatchObject({
        ...{ code: 0, stderr: '', told: { opened: 6, closed: [] } },
      })
      expect((await stat(copy())).mode & 0o777).toBe(0o600)
      const seen = await readFile(join(at.folder, 'arguments'), 'utf8')
      expect(seen).toContain('--table=public.audit')
      expect(seen).not.toContain('of_somebody_else')
      expect(seen + stdout).not.toContain(PASSWORD)
      position = await open.connections.position()
      for (const account of ['leaves', ACCOUNT]) await open.connections.disconnect(account, OPERATOR, NOON)
      await open.connections.erase('leaves', OPERATOR, NOON)
      crmKeys['comes'] = (await connected(open, 'comes', 'api-key-of-comes')).crmKey
      await open.close()
    })

    test('a role that only reads makes a copy, with the rights that docs/backup.md names', async () => {
      await database.query(`CREATE ROLE reader LOGIN PASSWORD '${PASSWORD}';
        GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader; GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO reader`)
      before = await rights()
      const reader = { ...env, DATABASE_URL: database.url.replace('//wauth:', '//reader:') }
      expect(await wauth(['backup', join(at.folder, 'read.dump')], { env: reader })).toMatchObject({
        code: 0,
      })
    })

    test('rehearsed, it says what would be lost, and changes nothing', async () => {
      const { code, stdout } = await restore(['--rehearse'])
      expect({ code, told: JSON.parse(stdout) as object }).toMatchObject({
        code: 0,
        told: { lost: { connected: ['comes'], reconnected: [] } },
      })
      expect(await resolving()).toEqual(['stays', 'comes'])
    })

    test('a service that has said that it runs is named, and nothing is changed', async () => {
      const open = await store()
      const replica = { name: 'replica-1', id: 'x', keys: ['test'] }
      await open.sealingKeys.announce(replica)
      const { code, stderr } = await restore(['--yes'])
      expect({ code, stderr }).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('replica-1') as string,
      })
      await open.sealingKeys.withdraw(replica)
      await open.close()
    })

    test('killed before its commit, the database is the old one', async () => {
      expect(
        await restore(['--yes'], { NODE_OPTIONS: KILL, KILL_AT_CALL: 'before query COMMIT' }),
      ).toMatchObject({
        signal: 'SIGKILL',
      })
      expect(await resolving()).toEqual(['stays', 'comes'])
    })

    test('a copy that is cut off is refused', async () => {
      const cut = join(at.folder, 'cut.dump')
      await writeFile(cut, await readFile(copy()))
      await truncate(cut, (await stat(cut)).size - 3000)
      const { code, stderr } = await restore(['--yes'], {}, cut)
      expect({ code, stderr }).toMatchObject({
        code: 78,
        stderr: expect.stringContaining('(backup_damaged)') as string,
      })
      expect(await resolving()).toEqual(['stays', 'comes'])
    })

    test('restored, who was disconnected stays so, owners and rights are kept, and the replaced one lies beside the copy', async () => {
      const { code, stdout } = await restore(['--yes'])
      const { kept, staysDisconnected } = JSON.parse(stdout) as { kept: string; staysDisconnected: string[] }
      expect({ code, staysDisconnected: staysDisconnected.toSorted() }).toEqual({
        code: 0,
        staysDisconnected: ['leaves', ACCOUNT],
      })
      expect(await resolving()).toEqual(['stays'])
      expect((await stat(kept)).mode & 0o777).toBe(0o600)
      expect(await rights()).toEqual(before)
      const open = await store()
      expect(await open.audit.of('leaves', 9)).toMatchObject([
        { action: 'connection.erased', at: NOON, ...OPERATOR },
        { action: 'connection.disconnected', at: NOON, ...OPERATOR },
        { action: 'connection.connected', userName: '', address: '' },
      ])
      expect(await accountsSince(open, position)).toBeNull()
      expect(await accountsSince(open, new Date())).toEqual([ACCOUNT, 'leaves', 'stays'].toSorted())
      // New rows follow those of the copy.
      await connected(open, 'afterwards', 'api-key-of-afterwards')
      await open.close()
    })

    test('the replaced one can be restored, too', async () => {
      const [name = ''] = (await readdir(at.folder)).filter((file) => file.includes('.replaced-'))
      expect(await restore(['--yes'], {}, join(at.folder, name))).toMatchObject({ code: 0 })
      expect(await resolving()).toEqual(['stays', 'comes'])
      expect((await readdir(at.folder)).filter((name) => name.includes('unfinished'))).toEqual([])
    })

    test.skipIf(asNew !== '')(`a server that is newer than pg_dump is not tried${asNew}`, async () => {
      const newer = await testDatabase()
      const { code, stderr } = await wauth(['backup', join(at.folder, 'newer.dump')], {
        env: { ...env, DATABASE_URL: newer.url },
      })
      await newer.remove()
      expect({ code, stderr }).toMatchObject({
        code: 78,
        stderr: expect.stringContaining('and the server of 18') as string,
      })
    })
  },
)
