/** Looks keys up in this process: through the package's own door, and by nothing but what it takes. */
import { createCipheriv, createDecipheriv, createSecretKey, hash, randomBytes } from 'node:crypto'
import Database from 'better-sqlite3'
import { openKeys } from '../../../src/package/open-keys.ts'
import { crmKeyOf, everyOf } from '../databases/customers.ts'
import { answerParent } from '../processes/answer-parent.ts'
import { started } from '../processes/started.ts'
import { timed } from '../processes/timed.ts'

const { DATABASE_URL = '', ENCRYPTION_KEYS = '', CUSTOMERS = '', FLOOR = '' } = process.env

const keys = await openKeys({ databaseUrl: DATABASE_URL, encryptionKeys: ENCRYPTION_KEYS })
const floor = openFloor()

answerParent({
  'look up': (count: number) =>
    calls(count, async (crmKey) => (await keys.lookup(`Bearer ${crmKey}`))?.apiKey() ?? null),
  floor: (count: number) => calls(count, floor),
})
started()

function calls(count: number, call: (crmKey: string) => string | null | Promise<string | null>) {
  const asked = keysFor(count)
  return timed(async () => {
    for (const crmKey of asked) if ((await call(crmKey)) === null) throw new Error('a good key is not found')
  })
}

function keysFor(count: number): string[] {
  const every = everyOf(Number(CUSTOMERS))
  const all = Math.floor(Number(CUSTOMERS) / every)
  return Array.from({ length: count }, (_, i) => crmKeyOf(((i * 7919) % all) * every))
}

/** As many rows with the same in them, in one table, with one index, and no JOSE around the ciphertext. */
function openFloor(): (crmKey: string) => string | null {
  const db = new Database(FLOOR)
  db.exec(`CREATE TABLE keys (crm_key_hash TEXT PRIMARY KEY, connection_id TEXT, crm_account_id TEXT,
    crm_account_name TEXT, wazzup_account_id TEXT, generation INTEGER, iv BLOB, tag BLOB, ciphertext BLOB)`)
  db.pragma('journal_mode = WAL')
  const secret = createSecretKey(randomBytes(32))
  const insert = db.prepare('INSERT INTO keys VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?)')
  db.transaction(() => {
    for (let i = 0; i < Number(CUSTOMERS); i++) {
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', secret, iv)
      const ciphertext = Buffer.concat([cipher.update(hash('md5', `api key ${i}`)), cipher.final()])
      const names = [`connection-${i}`.padEnd(22), `customer-${i}`, `Customer ${i} Ltd`, `${10_000_000 + i}`]
      insert.run(hash('sha256', crmKeyOf(i)), ...names, iv, cipher.getAuthTag(), ciphertext)
    }
  })()
  const select = db.prepare<[string], Record<'iv' | 'tag' | 'ciphertext', Buffer>>(
    'SELECT * FROM keys WHERE crm_key_hash = ?',
  )
  return (crmKey) => {
    const row = select.get(hash('sha256', crmKey))
    if (!row) return null
    const decipher = createDecipheriv('aes-256-gcm', secret, row.iv).setAuthTag(row.tag)
    const text = decipher.update(row.ciphertext)
    decipher.final()
    return text.toString('utf8')
  }
}
