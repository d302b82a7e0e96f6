import { describe, expect, onTestFinished, test } from 'vitest'
import { pressConfirm, resultOf, walkToConfirm } from '../support/connector.ts'
import { lonelyEnvironment } from '../support/filled-database.ts'
import { lookUp } from '../support/internal-at-hand.ts'
import { NO_PGBOUNCER, pgbouncer, startPgbouncer } from '../support/pgbouncer.ts'
import { testDatabase } from '../support/postgres/test-database.ts'
import { replicasAtHand } from '../support/replicas.ts'
import { spawnService } from '../support/service-process.ts'
import { tempDir } from '../support/temp-dir.ts'
import { wauth } from '../support/wauth-command.ts'

async function poolerOf(databaseUrl: string, settings: Record<string, string> = {}) {
  const pooler = await startPgbouncer(databaseUrl, settings)
  onTestFinished(() => pooler.remove())
  return pooler
}

describe.skipIf(!pgbouncer)(pgbouncer ? 'through PgBouncer' : NO_PGBOUNCER, () => {
  test('two replicas connect customers and look keys up, and again after it was restarted', async () => {
    let pooler: Awaited<ReturnType<typeof poolerOf>> | undefined
    const at = await replicasAtHand(2, {
      // Ten for each replica and some for commands, as docs/install.md says: PgBouncer's own 20 leave none for a command.
      addressOf: async (url) => (pooler = await poolerOf(url, { default_pool_size: '25' })).url,
    })
    const install = async () => {
      const { browser } = await walkToConfirm(at)
      await pressConfirm(browser)
      await expect.poll(() => resultOf(browser)).toMatchObject({ status: 'connected' })
      return at.sandbox.wazzup.connections().at(-1)?.crmKey
    }
    const crmKey = await install()
    const answers = () =>
      Promise.all(at.replicas.map(async ({ internalUrl: url }) => (await lookUp({ url }, crmKey)).status))
    expect(await answers()).toEqual([200, 200])
    await pooler?.stop()
    await pooler?.start()
    await expect.poll(answers).toEqual([200, 200])
    await install()
    const checked = await wauth(['check', '--offline'], { env: at.env })
    expect(checked.stdout).toMatch(/^pass {2}Database: /m)
  })

  test('in transaction mode the start, the check and the migration say so, and how it is mended', async () => {
    const [database, folder] = [await testDatabase(), await tempDir()]
    onTestFinished(async () => {
      await Promise.all([database.remove(), folder.remove()])
    })
    const { url } = await poolerOf(database.url, { pool_mode: 'transaction' })
    const env = { ...lonelyEnvironment(folder.path), DATABASE_URL: url }
    const service = spawnService(env)
    expect(await service.ended).toMatchObject({ code: 78 })
    const migrated = await wauth(['migrate'], { env })
    expect(migrated.code).toBe(78)
    const checked = await wauth(['check', '--offline'], { env })
    expect(checked.code).toBe(1)
    for (const said of [service.output(), migrated.stderr]) expect(said).toContain('pooler_keeps_no_sessions')
    for (const said of [service.output(), migrated.stderr, checked.stdout])
      expect(said).toMatch(/does not keep sessions[^]*pool_mode=session/)
    expect(checked.stdout).toMatch(/^FAIL {2}Database: /m)
    expect(checked.stdout).not.toContain('FAIL  Encryption keys')
  })
})
