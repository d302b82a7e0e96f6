// @module-tag long
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { Webhook } from 'standardwebhooks'
import { expect, inject, onTestFinished, test } from 'vitest'
import { newWebhookSecret } from '../../src/config/fields/webhook-secret.ts'
import { createKeyRing } from '../../src/crypto/key-ring.ts'
import { createSealer, type Sealer } from '../../src/crypto/sealer.ts'
import { minutes } from '../../src/shared/clock.ts'
import { openPostgresRows } from '../../src/store/postgres/index.ts'
import { tableRows } from '../../src/store/sqlite/table-rows.ts'
import { TABLES, type TableRows } from '../../src/store/table-rows.ts'
import { addDeliveries } from '../bench/databases/deliveries.ts'
import { rowsOf } from '../bench/databases/customers.ts'
import { filledDatabase, type FilledDatabase } from '../support/filled-database.ts'
import { spawnService } from '../support/service-process.ts'

const main = fileURLToPath(new URL('sending-process.ts', import.meta.url))

const [CUSTOMERS, EACH] = [500, 200]
const ALL = CUSTOMERS * EACH

/** What memory may grow by, in bytes. */
const FLAT = 16 * 1024 * 1024

/** It takes every event, and keeps of each connection only the last number, and what came out of order. */
async function countingReceiver(secret: string) {
  const last = new Map<string, number>()
  const signer = new Webhook(secret)
  const seen = { events: 0, repeated: 0, misfits: [] as string[] }
  const look = (raw: string, headers: Record<string, string>) => {
    const { connectionId, sequence } = (JSON.parse(raw) as Body).data
    const before = last.get(connectionId) ?? 0
    if (sequence === before) seen.repeated += 1
    else if (sequence !== before + 1) seen.misfits.push(`${connectionId}: ${sequence} after ${before}`)
    last.set(connectionId, sequence)
    // To verify each would take as long as to send it.
    if (seen.events++ % 100 === 0) signer.verify(raw, headers)
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      try {
        look(Buffer.concat(chunks).toString(), request.headers as Record<string, string>)
      } catch (error) {
        seen.misfits.push(String(error))
      }
      response.writeHead(204).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { ...{ seen, last }, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events` }
}

interface Body {
  data: { connectionId: string; sequence: number }
}

async function fill({ path, database }: FilledDatabase, sealer: Pick<Sealer, 'seal'>) {
  const rows: TableRows =
    inject('engine') === 'sqlite' ? tableRows(new Database(path)) : await openPostgresRows(database.url)
  const customers = Array.from({ length: CUSTOMERS }, (_, i) => rowsOf(i, sealer))
  for (const table of TABLES) {
    const added = customers.map((one) => one[table.name]).filter((row) => row !== undefined)
    if (added.length > 0) await rows.add(table, added)
  }
  await addDeliveries(rows, { customers: CUSTOMERS, each: EACH, sealer })
  await rows.close()
}

interface Moment {
  left: number
  memory: number
}

test(
  `${ALL} events that wait are sent, each and in order, and memory stays as it is`,
  async () => {
    const secret = newWebhookSecret()
    const receiver = await countingReceiver(secret)
    const at = await filledDatabase(async () => undefined, {
      EVENTS_URL: receiver.url,
      EVENTS_SECRET: secret,
    })
    onTestFinished(() => at.remove())
    await fill(at, createSealer(createKeyRing(at.settings().encryptionKeys.reveal())))
    const { ended, output } = spawnService({ ...at.env, WORK: 'drain' }, { main, nodeArgs: ['--expose-gc'] })
    expect(await ended).toEqual({ code: 0, signal: null })
    const moments = output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Moment)
    const of = (which: (moment: Moment) => boolean) => moments.find(which)?.memory ?? NaN
    // The first tenth is for what a process takes once.
    const [early, late] = [of(({ left }) => left <= 0.9 * ALL), of(({ left }) => left <= 0.1 * ALL)]
    console.info(
      `memory ${(early / 1e6).toFixed(1)} then ${(late / 1e6).toFixed(1)} MB, ${moments.length} looks`,
    )
    expect(receiver.seen).toEqual({ events: ALL, repeated: 0, misfits: [] })
    expect([...receiver.last.values()]).toEqual(Array.from({ length: CUSTOMERS }, () => EACH))
    expect(late - early).toBeLessThanOrEqual(FLAT)
  },
  minutes(15),
)
