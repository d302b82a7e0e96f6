/**
 * What a look-up over HTTP on SQLite is made of: the bearer checked, one SHA-256, and one read for all that arrive in a tick.
 * Left out: Fastify, limits, clients that are watched, the log, metrics, and the opening of an apiKey: the answer is given.
 */
import { hash, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import Database from 'better-sqlite3'
import { batchPerTick } from '../../../src/store/batch-per-tick.ts'
import { started } from '../processes/started.ts'

const { PORT, TOKEN = '', ANSWER = '{}', DATABASE_URL = '' } = process.env

const answer = JSON.parse(ANSWER) as unknown
const expected = Buffer.from(`Bearer ${TOKEN}`)
const db = new Database(new URL(DATABASE_URL).pathname, { readonly: true })
const select = db
  .prepare<[string, number], number>(
    `SELECT asked.key, generation_id, connection_id, crm_account_id, generation, api_key_sealed, crm_account_name,
      wazzup_account, status
    FROM json_each(?) AS asked
    CROSS JOIN lookups ON crm_key_hash = unhex(asked.value) AND (resolves_until IS NULL OR resolves_until > ?)`,
  )
  .raw()

const isThere = batchPerTick<string, boolean>(async (hashes) => {
  const rows = select.all(JSON.stringify(hashes), Date.now()) as unknown as [number][]
  const found = hashes.map(() => false)
  for (const [place] of rows) found[place] = true
  return found
})

const server = createServer((request, response) => {
  const given = Buffer.from(request.headers.authorization ?? '')
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    response.writeHead(401).end()
    return
  }
  request.once('data', (body: Buffer) => {
    const { crmKey } = JSON.parse(body.toString()) as { crmKey: string }
    void isThere(hash('sha256', crmKey)).then((found) => {
      const text = JSON.stringify(found ? answer : null)
      const headers = { 'cache-control': 'no-store', 'content-type': 'application/json; charset=utf-8' }
      response.writeHead(found ? 200 : 404, { ...headers, 'content-length': Buffer.byteLength(text) })
      response.end(text)
    })
  })
})
server.listen(Number(PORT), '127.0.0.1', started)
