// @module-tag long
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { expect, inject, onTestFinished, test } from 'vitest'
import { newWebhookSecret } from '../../src/config/fields/webhook-secret.ts'
import { createKeyRing } from '../../src/crypto/key-ring.ts'
import { createSealer } from '../../src/crypto/sealer.ts'
import { openPostgresRows } from '../../src/store/postgres/index.ts'
import { tableRows } from '../../src/store/sqlite/table-rows.ts'
import { TABLES } from '../../src/store/table-rows.ts'
import { rowsOf } from '../bench/databases/customers.ts'
import { addDeliveries } from '../bench/databases/deliveries.ts'
import { filledDatabase } from '../support/filled-database.ts'
import { spawnService } from '../support/service-process.ts'
import { receiver } from './events-at-hand.ts'

const main = fileURLToPath(new URL('sending-process.ts', import.meta.url))

const CUSTOMERS = 500

/** On PostgreSQL each takes several trips to a server that shares the processors of this machine. */
const EACH = inject('engine') === 'sqlite' ? 200 : 40

const MB = 1024 ** 2

/** Customers with so many events that wait. */
async function fill(at: Awaited<ReturnType<typeof filledDatabase>>) {
  const path = /^file:(.*)$/.exec(at.database.url)?.[1]
  const rows = path === undefined ? await openPostgresRows(at.database.url) : tableRows(new Database(path))
  const sealer = createSealer(createKeyRing(at.settings().encryptionKeys.reveal()))
  const all = Array.from({ length: CUSTOMERS }, (_, i) => rowsOf(i, sealer))
  for (const table of TABLES) {
    const added = all.map((one) => one[table.name]).filter((row) => row !== undefined)
    if (added.length > 0) await rows.add(table, added)
  }
  await addDeliveries(rows, { customers: CUSTOMERS, each: EACH, sealer })
  await rows.close()
}

const LONG = { timeout: 900_000 }

test(
  'what waits in great number is sent, each connection’s events in order, with memory flat',
  LONG,
  async () => {
    const secret = newWebhookSecret()
    const last = new Map<string, number>()
    const wrong: string[] = []
    let came = 0
    const { url, came: kept } = await receiver(
      ({ body: { data } }, response) => {
        kept.splice(0)
        came += 1
        if (data.sequence !== (last.get(data.connectionId) ?? 0) + 1)
          wrong.push(`${data.crmAccountId} ${data.sequence}`)
        last.set(data.connectionId, data.sequence)
        response.writeHead(204).end()
      },
      [secret],
    )
    const at = await filledDatabase(async () => undefined, { EVENTS_URL: url.href, EVENTS_SECRET: secret })
    onTestFinished(() => at.remove())
    await fill(at)
    const service = spawnService({ ...at.env, WORK: 'drain' }, { main, nodeArgs: ['--expose-gc'] })
    onTestFinished(() => void service.child.kill())
    expect(await service.ended, service.output()).toEqual({ code: 0, signal: null })
    expect(wrong).toEqual([])
    expect(came).toBe(CUSTOMERS * EACH)
    const looks = service
      .output()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { left: number; memory: number })
    // What it has once it is warm is what it has in the end.
    const warm = looks.filter(({ left }) => left < 0.8 * CUSTOMERS * EACH).map(({ memory }) => memory / MB)
    const [first = NaN] = warm
    expect(Math.max(...warm) - first).toBeLessThan(8)
  },
)
