import { readFile } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { expect, inject, onTestFinished, test } from 'vitest'
import { encryptionKeys } from '../../src/config/fields/encryption-keys.ts'
import { hours } from '../../src/shared/clock.ts'
import { openStore } from '../../src/store/index.ts'
import {
  AT_NOON,
  claimed,
  connected,
  identityOf,
  newAttempt,
  newExchange,
  NOON,
  openedKey,
  recordKey,
  shownNow,
} from '../support/attempts.ts'
import { databaseFor } from '../support/database-for.ts'
import { tempDir } from '../support/temp-dir.ts'

/** A store; when it is over the table of look-ups is compared with what it is made of: see `databaseFor`. */
async function opened() {
  const folder = await tempDir()
  const database = await databaseFor(folder.path)
  const settings = {
    database: database.address,
    encryptionKeys: encryptionKeys().parse(`k1:${randomBytes(32).toString('base64')}`),
  }
  const open = () => openStore(settings)
  const store = await open()
  onTestFinished(async () => {
    await store.close()
    await database.remove()
    await folder.remove()
  })
  return { store, order: database.order, open }
}

/** As it was before the migration that makes the table. */
const UNDO = {
  sqlite: `
    DROP TRIGGER lookups_come; DROP TRIGGER lookups_change; DROP TRIGGER lookups_end; DROP TRIGGER lookups_go;
    DROP TRIGGER lookups_are_renamed; DROP TABLE lookups; DROP TABLE look_up_version; CREATE INDEX generations_told ON generations (crm_key_hash)`,
  postgres:
    'DROP FUNCTION tell_lookups() CASCADE; DROP FUNCTION rename_lookups() CASCADE; DROP TABLE lookups',
}

const migrations = async () => {
  const texts = ['016.do.lookups', '017.do.look-up-version'].map((name) =>
    readFile(new URL(`../../migrations/${inject('engine')}/${name}.sql`, import.meta.url), 'utf8'),
  )
  return (await Promise.all(texts)).join('\n')
}

test('keys that were there before the migration are told as they were, whatever has become of them', async () => {
  const { store, order, open } = await opened()
  const older = await connected(store, 'acme', 'api-key-1')
  const newer = await connected(store, 'acme', 'api-key-2')
  const open1 = await claimed(store, 'nordwind')
  const abandoned = await claimed(store, 'given-up')
  await store.exchanges.fail(abandoned, {
    reason: 'restart_needed',
    grace: hours(24),
    retryIn: 0,
    ...AT_NOON,
  })
  const gone = await connected(store, 'gone', 'api-key-3')
  await store.connections.disconnect(
    'gone',
    { userId: 'operator', userName: 'Olga', address: '192.0.2.1' },
    NOON,
  )
  const all = [older, newer, open1, abandoned, gone]
  const told = async (of: typeof store) => Promise.all(all.map(({ crmKey }) => openedKey(of, crmKey)))
  const before = await told(store)
  expect(before.map((key) => key && [key.keyStatus, key.apiKey])).toEqual([
    ['previous', 'api-key-1'],
    ['current', 'api-key-2'],
    ['pending', null],
    ['pending', null],
    null,
  ])
  await order(`${UNDO[inject('engine')]}; ${await migrations()}`)
  const later = await open()
  expect(await told(later)).toEqual(before)
  await later.close()
  // And go on being told.
  await connected(store, 'acme', 'api-key-4')
  expect((await openedKey(store, newer.crmKey))?.keyStatus).toBe('previous')
})

test('an account that connects under another name is told under it, by its older key, too', async () => {
  const { store } = await opened()
  const older = await connected(store, 'acme', 'api-key-1')
  const attempt = newAttempt()
  await store.attempts.open(attempt)
  await store.attempts.move(attempt.id, { from: ['arrived'], to: 'identifying' })
  const identity = { ...identityOf('acme'), crmAccountName: 'Acme & Sons' }
  await store.attempts.move(attempt.id, { from: ['identifying'], to: 'identified', set: { identity } })
  const exchange = newExchange(attempt, await shownNow(store, 'acme'))
  await store.exchanges.claim(exchange)
  await recordKey(store, { stateHash: attempt.stateHash, ...exchange }, 'api-key-2')
  for (const { crmKey } of [older, exchange])
    expect((await openedKey(store, crmKey))?.crmAccountName).toBe('Acme & Sons')
})

test('a key that has ended, and comes to life by an apiKey that was late, is told once more', async () => {
  const { store, order } = await opened()
  const { crmKey, generationId } = await connected(store, 'acme', 'api-key-1')
  const set = (sql: string) => order(`UPDATE generations SET ${sql} WHERE id = '${generationId}'`)
  await set("status = 'ended'")
  expect(await openedKey(store, crmKey)).toBeNull()
  await set("status = 'current'")
  expect(await openedKey(store, crmKey)).toMatchObject({ crmAccountId: 'acme', apiKey: 'api-key-1' })
})
