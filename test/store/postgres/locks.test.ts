import { afterEach, beforeEach, expect, test } from 'vitest'
import { newLease } from '../../../src/connect/exchange.ts'
import { digest } from '../../../src/crypto/digest.ts'
import { after, hours } from '../../../src/shared/clock.ts'
import { systemRandom } from '../../../src/shared/random.ts'
import type { Store } from '../../../src/store/port.ts'
import { lockNumber } from '../../../src/store/postgres/database.ts'
import { openPostgresStore } from '../../../src/store/postgres/index.ts'
import {
  AT_NOON,
  claimed,
  connected,
  identified,
  keyFor,
  newExchange,
  NOON,
  openedKey,
  recordKey,
  shownNow,
} from '../../support/attempts.ts'
import { startSlowLine } from '../../support/postgres/slow-line.ts'
import { testDatabase } from '../../support/postgres/test-database.ts'
import { eachOfFirst } from '../../support/long.ts'

let database: Awaited<ReturnType<typeof testDatabase>>
/** Two replicas on one database. */
let store: Store
let other: Store

beforeEach(async () => {
  database = await testDatabase()
  await database.setTime(NOON)
  store = await openPostgresStore(database.url)
  other = await openPostgresStore(database.url)
})
afterEach(async () => {
  await store.close()
  await other.close()
  await database.remove()
})

const GRACE = { grace: hours(24), retryIn: 0, ...AT_NOON }

test('an account waits for nobody but itself', async () => {
  const held = await database.hold(`SELECT pg_advisory_xact_lock(${lockNumber('account acme')})`)
  let isThrough = false
  const waiting = claimed(store, 'acme').then((exchange) => {
    isThrough = true
    return exchange
  })
  await held.somebodyWaits()
  const { crmKey } = await connected(store, 'nordwind', 'other-key')
  expect(await openedKey(store, crmKey)).toMatchObject({ keyStatus: 'current', apiKey: 'other-key' })
  expect(isThrough).toBe(false)
  await held.release()
  expect(await waiting).toMatchObject({ status: 'pending' })
})

test('the one lock of the release before is kept: its replicas and these are never at it together', async () => {
  const held = await database.hold('SELECT pg_advisory_xact_lock(8236401)')
  const waiting = claimed(store, 'acme')
  await held.somebodyWaits()
  await held.release()
  expect(await waiting).toMatchObject({ status: 'pending' })
})

test('of twenty accounts that claim one state at the same moment one has it', async () => {
  const attempts = await Promise.all(
    Array.from({ length: 20 }, (_, i) => identified(store, `account-${i}`, { state: 'one-state' })),
  )
  const results = await Promise.all(
    attempts.map((attempt, i) => (i % 2 ? store : other).exchanges.claim(newExchange(attempt))),
  )
  expect(results.map(({ kind }) => kind).sort()).toEqual(['claimed', ...Array<string>(19).fill('elsewhere')])
})

/** Claimed for a Wazzup account of its own, so that nothing but the apiKey can bring it together with others. */
async function claimedApart(account: string) {
  const attempt = await identified(store, account, { wazzupAccountId: `of ${account}` })
  const exchange = newExchange(attempt, await shownNow(store, account))
  await store.exchanges.claim(exchange)
  return { ...exchange, stateHash: attempt.stateHash }
}

test('an apiKey that two accounts get at the same moment belongs to one of them', async () => {
  for (let round = 0; round < 20; round++) {
    const both = [await claimedApart(`first-${round}`), await claimedApart(`second-${round}`)] as const
    await Promise.all([recordKey(store, both[0], `key-${round}`), recordKey(other, both[1], `key-${round}`)])
    const found = await Promise.all(both.map(({ crmKey }) => openedKey(store, crmKey)))
    expect(found.filter((key) => key?.apiKey === `key-${round}`)).toHaveLength(1)
  }
})

test('an account that loses its older key to another one while it reconnects keeps the newer one', async () => {
  for (let round = 0; round < 20; round++) {
    const acme = `acme-${round}`
    await recordKey(store, await claimedApart(acme), `older-${round}`)
    const [reconnect, taking] = [await claimedApart(acme), await claimedApart(`nordwind-${round}`)]
    await Promise.all([
      recordKey(store, reconnect, `newer-${round}`),
      recordKey(other, taking, `older-${round}`),
    ])
    expect(await openedKey(store, taking.crmKey)).toMatchObject({ apiKey: `older-${round}` })
    expect(await openedKey(store, reconnect.crmKey)).toMatchObject({ apiKey: `newer-${round}` })
    expect((await store.connections.find(acme))?.status).toBe('connected')
  }
})

test('a late apiKey and the clean-up at the same moment: what is told as connected resolves', async () => {
  for (let round = 0; round < 20; round++) {
    await database.setTime(NOON)
    const exchange = await claimed(store, `account-${round}`)
    await store.exchanges.fail(exchange, { ...GRACE, reason: 'restart_needed' })
    const later = after(NOON, hours(25))
    await database.setTime(later)
    const [recorded] = await Promise.all([
      store.exchanges.record({ ...keyFor(exchange, `key-${round}`), now: later }),
      other.cleanUp(later, 200),
    ])
    const found = await openedKey(store, exchange.crmKey)
    expect([recorded.kind, found?.apiKey]).toEqual(
      recorded.kind === 'connected' ? ['connected', `key-${round}`] : ['unwanted', undefined],
    )
  }
})

test('a late apiKey that waits for the clean-up to end its generation is not wanted', async () => {
  const exchange = await claimed(store, 'acme')
  await store.exchanges.fail(exchange, { ...GRACE, reason: 'restart_needed' })
  const ended = "status = 'ended', resolves_until = NULL, crm_key_sealed = NULL"
  const held = await database.hold(`UPDATE generations SET ${ended}`)
  const recording = store.exchanges.record(keyFor(exchange, 'late-key'))
  await held.somebodyWaits()
  await held.query('COMMIT')
  await held.release()
  expect(await recording).toMatchObject({ kind: 'unwanted' })
  expect(await openedKey(store, exchange.crmKey)).toBeNull()
})

test('what two replicas take over at the same moment is taken by one', async () => {
  const exchanges = await Promise.all(Array.from({ length: 8 }, (_, i) => claimed(store, `account-${i}`)))
  for (const exchange of exchanges) await store.exchanges.postpone(exchange, { wait: 0, lost: true })
  const taken = await Promise.all(
    Array.from({ length: 16 }, (_, i) => (i % 2 ? store : other).exchanges.claimDue(newLease(systemRandom))),
  )
  const hashes = taken.flatMap((exchange) => exchange?.stateHash ?? [])
  expect([...hashes].sort()).toEqual(exchanges.map(({ stateHash }) => stateHash).sort())
})

test('an account that gets the apiKey between the look for locks and the locks is waited for, too', async () => {
  const apiKey = 'the-key'
  const first = Array.from({ length: 100 }, (_, i) => `taker-${i}`).find((account) =>
    [`apiKey ${digest(apiKey)}`, `Wazzup account of ${account}`].every(
      (lock) => lockNumber(`account ${account}`) < lockNumber(lock),
    ),
  )
  const zeta = await claimedApart('zeta')
  const taking = await claimedApart(first ?? '')
  const held = await database.hold(`SELECT pg_advisory_xact_lock(${lockNumber(`account ${first ?? ''}`)})`)
  const recording = store.exchanges.record(keyFor(taking, apiKey))
  await held.somebodyWaits()
  expect(await recordKey(other, zeta, apiKey)).toBe(true)
  const heldToo = await database.hold(`SELECT pg_advisory_xact_lock(${lockNumber('account zeta')})`)
  await held.release()
  await heldToo.somebodyWaits()
  await heldToo.release()
  expect(await recording).toMatchObject({ kind: 'connected', takenOver: [{ crmAccountId: 'zeta' }] })
})

eachOfFirst(1)([8, 0, 50])(
  'a round trip of %i ms more: a confirmation goes through beside the clean-up of 400 rows',
  async (roundTrip) => {
    for (let i = 0; i < 40; i++) {
      const exchange = await claimed(store, `account-${i}`)
      await store.exchanges.fail(exchange, { ...GRACE, reason: 'wazzup_unavailable' })
    }
    await database.query(`
      INSERT INTO generations (id, connection_id, generation, status, crm_key_hash, created_at, resolves_until)
      SELECT 'old-' || n, (SELECT id FROM connections LIMIT 1), 1000 + n, 'previous', encode(sha256(CAST('hash-' || n AS bytea)), 'hex'), 0, 1
      FROM generate_series(1, 400) AS n`)
    const { hostname, port } = new URL(database.url)
    const line = await startSlowLine({ host: hostname, port: Number(port) }, roundTrip)
    const slow = new URL(database.url)
    slow.port = String(line.port)
    const [far, alsoFar] = [await openPostgresStore(slow.href), await openPostgresStore(slow.href)]
    const later = after(NOON, hours(25))
    await database.setTime(later)
    const attempt = await identified(store, 'acme')
    const cleaning = alsoFar.cleanUp(later, 1000)
    const exchange = newExchange(attempt, await shownNow(store, 'acme'))
    const claim = await far.exchanges.claim(exchange)
    expect(claim.kind).toBe('claimed')
    const recorded = await far.exchanges.record(
      keyFor({ ...exchange, stateHash: attempt.stateHash }, 'api-key'),
    )
    expect(recorded.kind).toBe('connected')
    expect(await cleaning).toBeGreaterThanOrEqual(400)
    await Promise.all([far.close(), alsoFar.close()])
    await line.close()
  },
)

test('an event whose connection somebody else has waits for them, and no other waits for it', async () => {
  const seals = { teller: { seal: (text: string) => text } }
  const telling = await openPostgresStore(database.url, seals)
  for (const account of ['acme', 'nordwind']) await connected(telling, account, `key of ${account}`)
  const [one, two] = await Promise.all(
    [1, 2].map((i) => telling.deliveries.claimDue({ runner: `sender ${i}`, lease: hours(1) })),
  )
  if (!one || !two) throw new Error('two events are due')
  const held = await database.hold(`SELECT 1 FROM connections WHERE id = '${one.connectionId}' FOR UPDATE`)
  const order: string[] = []
  const [waits, ends] = [one, two].map(async (event, i) => {
    const ended = await telling.deliveries.end(event, { status: 'delivered', reason: null })
    order.push(`event ${i + 1}`)
    return ended
  })
  expect(await ends).toBe(true)
  order.push('release')
  await held.release()
  expect(await waits).toBe(true)
  expect(order).toEqual(['event 2', 'release', 'event 1'])
  expect(await telling.deliveries.counts()).toMatchObject({ waiting: 0 })
  await telling.close()
})
