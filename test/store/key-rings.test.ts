import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { newLease } from '../../src/connect/exchange.ts'
import { after, hours, seconds } from '../../src/shared/clock.ts'
import { GIVE_UP_AFTER } from '../../src/store/exchange.ts'
import { systemRandom } from '../../src/shared/random.ts'
import { openResealer, openStore } from '../../src/store/index.ts'
import type { Store } from '../../src/store/port.ts'
import { AT_NOON, claimed, connected, newAttempt, NOON, openedKey, recordKey } from '../support/attempts.ts'
import { databaseFor } from '../support/database-for.ts'
import { newKey } from '../support/filled-database.ts'
import { tempDir } from '../support/temp-dir.ts'
import { encryptionKeys } from '../../src/config/fields/encryption-keys.ts'

/**
 * Two replicas in the middle of a change of the key: one has the new key and seals with it, the other has not heard of it.
 */
const [K1, K2] = [newKey('k1'), newKey('k2')]
let older: Store
let newer: Store
let setTime: (to: Date) => Promise<void>
let rotateWithNewer: () => Promise<void>
let close: () => Promise<void>
beforeEach(async () => {
  const dir = await tempDir()
  const database = await databaseFor(dir.path)
  const settings = (keys: string) => ({
    database: database.address,
    encryptionKeys: encryptionKeys().parse(keys),
  })
  older = await openStore(settings(K1), database.time)
  newer = await openStore(settings(`${K2},${K1}`), database.time)
  setTime = database.setTime
  await setTime(NOON)
  rotateWithNewer = async () => {
    const resealer = await openResealer(settings(`${K2},${K1}`), { readOnly: false })
    let resealed = 0
    for await (const values of resealer.reseal()) resealed += values
    expect(resealed).toBeGreaterThan(0)
    await resealer.close()
  }
  close = async () => {
    await older.close()
    await newer.close()
    await database.remove()
    await dir.remove()
  }
})
afterEach(() => close())

const LEASE_OVER = after(NOON, seconds(30))
const GIVEN_UP = after(NOON, GIVE_UP_AFTER)
const MISSING = {
  code: 'seal_unknown_key',
  message: expect.stringContaining('encryption key k2') as string,
}

const claimDue = async (store: Store, at: Date) => {
  await setTime(at)
  return store.exchanges.claimDue(newLease(systemRandom))
}

describe('an exchange that needs a key which one replica lacks', () => {
  test('is left alone by that replica and sent again by the other, with the same bytes', async () => {
    const { crmKey } = await claimed(newer, 'acme', 'the state')
    expect(await claimDue(older, LEASE_OVER)).toBeNull()
    expect(await claimDue(newer, LEASE_OVER)).toMatchObject({
      ...{ state: 'the state', crmKey, maybeAnswered: true, tries: 2 },
    })
  })

  test('does not keep that replica from those that it can read', async () => {
    await claimed(newer, 'acme')
    const { stateHash } = await claimed(older, 'nordwind', 'a readable state')
    expect(await claimDue(older, LEASE_OVER)).toMatchObject({
      ...{ stateHash, state: 'a readable state' },
    })
  })

  test('is also left alone once it was sealed again while it waited', async () => {
    const { stateHash } = await claimed(older, 'acme')
    await rotateWithNewer()
    expect(await claimDue(older, LEASE_OVER)).toBeNull()
    expect(await claimDue(newer, LEASE_OVER)).toMatchObject({ stateHash })
  })

  test('is given up by anybody, but no earlier than any lost answer', async () => {
    const { stateHash } = await claimed(newer, 'acme')
    expect(await claimDue(older, after(GIVEN_UP, -1))).toBeNull()
    expect(await claimDue(older, GIVEN_UP)).toMatchObject({
      ...{ stateHash, state: null, unreadable: MISSING },
    })
  })

  test('that a person sends again is not spent by the wrong replica', async () => {
    const exchange = await claimed(newer, 'acme', 'the state')
    const failure = {
      reason: 'wazzup_unavailable',
      grace: hours(24),
      retryIn: 0,
      ...AT_NOON,
    } as const
    await newer.exchanges.fail(exchange, failure)
    await expect(older.exchanges.reclaim(exchange.stateHash, newLease(systemRandom))).rejects.toMatchObject(
      MISSING,
    )
    expect(await older.exchanges.find(exchange.stateHash)).toMatchObject({
      ...{ status: 'failed', reason: 'wazzup_unavailable', sendable: true },
    })
    expect(await newer.exchanges.reclaim(exchange.stateHash, newLease(systemRandom))).toMatchObject({
      ...{ state: 'the state', crmKey: exchange.crmKey },
    })
  })

  test('can be recorded and shown by either', async () => {
    const exchange = await claimed(newer, 'acme')
    expect(await older.exchanges.find(exchange.stateHash)).toMatchObject({ status: 'pending' })
    expect(await recordKey(older, exchange, 'api-key-1')).toBe(true)
    expect(await openedKey(newer, exchange.crmKey)).toMatchObject({ apiKey: 'api-key-1' })
  })
})

test('a replica names the key that it lacks, and the value stays as it was', async () => {
  const attempt = newAttempt('a state')
  await newer.attempts.open(attempt)
  await expect(older.attempts.find(attempt.id)).rejects.toMatchObject(MISSING)
  const { crmKey } = await connected(newer, 'acme', 'api-key-1')
  await expect(openedKey(older, crmKey)).rejects.toMatchObject(MISSING)
  expect(await newer.attempts.find(attempt.id)).toMatchObject({ state: 'a state' })
  expect(await openedKey(newer, crmKey)).toMatchObject({ apiKey: 'api-key-1' })
})
