import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test, vi } from 'vitest'
import { seconds } from '../../src/shared/clock.ts'
import { WRITE_EVERY } from '../../src/store/write-proof.ts'
import { LONG } from '../support/long.ts'
import { testDatabase } from '../support/postgres/test-database.ts'
import type { ServiceProcess } from '../support/service-process.ts'
import { lonelySetUpFor, serviceAtHand } from '../support/set-up.ts'
import { smallDisk } from '../support/small-disk.ts'
import { visit } from '../support/visit.ts'

const run = promisify(execFile)

const setUp = lonelySetUpFor('each')
let service: ServiceProcess

async function start(database = setUp.env['DATABASE_URL'] ?? '') {
  service = await serviceAtHand({ ...setUp.env, DATABASE_URL: database })
  return service
}

const arrive = async () => (await visit(`${setUp.url}/wauth?state=opaque`)).status

/** What a monitor sees. */
async function seen() {
  const ready = await fetch(`${service.internalUrl}/readyz`)
  const { parts } = (await ready.json()) as { parts: { store: { ok: boolean; detail: string } } }
  const metrics = await (await fetch(`${service.internalUrl}/metrics`)).text()
  return { ready: ready.status, store: parts.store, up: Number(/^wauth_store_up (\d)$/m.exec(metrics)?.[1]) }
}

const WELL = { ready: 200, store: { ok: true, detail: 'answers' }, up: 1 }
const FULL = { ready: 503, store: { ok: false, detail: 'takes no write' }, up: 0 }

const soon = (state: typeof WELL, within = WRITE_EVERY + seconds(20)) =>
  vi.waitFor(
    async () => {
      expect(await seen()).toEqual(state)
    },
    { timeout: within, interval: 100 },
  )

/** A writable store becomes one that takes no write, and is writable again; the process stays the same. */
async function expectNoticed(change: { forbid: () => Promise<unknown>; allow: () => Promise<unknown> }) {
  expect(await seen()).toEqual(WELL)
  expect(await arrive()).toBe(303)
  await change.forbid()
  await soon(FULL)
  expect(await arrive()).toBe(503)
  expect((await fetch(`${service.internalUrl}/livez`)).status).toBe(200)
  await change.allow()
  await soon(WELL)
  expect(await arrive()).toBe(303)
  expect(await service.stop()).toEqual({ code: 0, signal: null })
}

test('a full disk: not ready within seconds, and ready again when there is room', async ({ skip }) => {
  const disk = await smallDisk()
  if (!disk) return skip('only root may mount a small file system')
  onTestFinished(() => disk.remove())
  await start(`file:${join(disk.path, 'wauth.db')}`)
  await expectNoticed({ forbid: disk.fill, allow: disk.free })
})

test(
  'a file that may not grow: not ready within seconds, and ready again when it may',
  LONG,
  async ({ skip }) => {
    if (process.platform !== 'linux') return skip('prlimit is of Linux')
    const path = join(setUp.folder, 'wauth.db')
    const { child } = await start()
    const limit = (size: string | number) => run('prlimit', ['--pid', String(child.pid), `--fsize=${size}:`])
    await expectNoticed({
      forbid: async () => limit((await stat(`${path}-wal`)).size),
      allow: () => limit('unlimited'),
    })
  },
)

test('a flood of questions writes nothing', async () => {
  const path = join(setUp.folder, 'wauth.db')
  await start()
  const db = new Database(path, { readonly: true })
  onTestFinished(() => {
    db.close()
  })
  const writes = new Set<unknown>()
  const written = db.prepare('SELECT written_at FROM health_writes').pluck()
  const began = performance.now()
  for (let asked = 0; asked < 300; asked++) {
    expect((await fetch(`${service.internalUrl}/readyz`)).status).toBe(200)
    writes.add(written.get())
  }
  expect(writes.size).toBeLessThanOrEqual(1 + Math.ceil((performance.now() - began) / WRITE_EVERY))
})

const noRights = (role: string) => `REVOKE INSERT, UPDATE ON ALL TABLES IN SCHEMA public FROM ${role}`
const rights = (role: string) => `GRANT ALL ON ALL TABLES IN SCHEMA public TO ${role}`

test.each([
  {
    what: 'a role that may only read',
    forbid: (role: string) => `ALTER ROLE ${role} SET default_transaction_read_only = on`,
    allow: (role: string) => `ALTER ROLE ${role} RESET default_transaction_read_only`,
  },
  { what: 'a role whose rights were taken away', forbid: noRights, allow: rights },
])('PostgreSQL with $what: not ready, and ready again', LONG, async ({ forbid, allow }) => {
  const { database, role, as } = await roleOfItsOwn()
  await start(as)
  const reconnect = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${role}'`
  expect(await seen()).toEqual(WELL)
  await database.query(`${forbid(role)}; ${reconnect}`)
  await soon({ ...FULL, up: 0 })
  await database.query(`${allow(role)}; ${reconnect}`)
  await soon(WELL)
  expect(await arrive()).toBe(303)
})

async function roleOfItsOwn() {
  const database = await testDatabase()
  const role = `service_${Math.random().toString(36).slice(2, 10)}`
  await database.query(`CREATE ROLE ${role} LOGIN PASSWORD 'wauth'; GRANT ALL ON ALL TABLES IN SCHEMA public TO ${role};
    GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO ${role}`)
  onTestFinished(async () => {
    await database.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
    await database.remove()
  })
  const address = new URL(database.url)
  address.username = role
  return { database, role, as: address.href }
}
