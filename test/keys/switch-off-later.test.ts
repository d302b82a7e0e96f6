import { randomBytes } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { Secret } from '../../src/config/secret.ts'
import { DEADLINE, LEASE, switchOffOne } from '../../src/keys/switch-off-later.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { after, hours, minutes, seconds } from '../../src/shared/clock.ts'
import { systemRandom } from '../../src/shared/random.ts'
import { WAZZUP_CALL } from '../../src/shared/wazzup-deadline.ts'
import { openStore } from '../../src/store/index.ts'
import { LEASE as UPLOAD_LEASE } from '../../src/upload/turn.ts'
import type { Webhooks } from '../../src/wazzup/webhooks.ts'
import { OPERATOR } from '../contracts/store-lifecycle.ts'
import { connected, identified, keyFor, newExchange, NOON, shownNow } from '../support/attempts.ts'
import { databaseFor } from '../support/database-for.ts'
import { collectLog } from '../support/log-lines.ts'
import { tempDir } from '../support/temp-dir.ts'

type Answer = Awaited<ReturnType<Webhooks['read']>>

const AWAY: Answer = { kind: 'unavailable', status: 503, code: 'server_error', maybeDone: false }
const REFUSED: Answer = { kind: 'key_refused', status: 401, code: null }
const FORBIDDEN: Answer = { kind: 'forbidden', status: 403, code: null }

/** Two replicas with the keys named, and a Wazzup that says what a test wants; `asked`: with which apiKeys. */
async function atHand(answer: Answer) {
  const folder = await tempDir()
  const database = await databaseFor(folder.path)
  const [k1, k2] = ['k1', 'k2'].map((id) => ({ id, key: randomBytes(32) }))
  if (!k1 || !k2) throw new Error('there are two keys')
  const open = (...keys: (typeof k1)[]) =>
    openStore({ database: database.address, encryptionKeys: new Secret(keys) }, database.time)
  const stores = [await open(k1), await open(k2, k1)] as const
  onTestFinished(async () => {
    for (const store of stores) await store.close()
    await database.remove()
    await folder.remove()
  })
  await database.setTime(NOON)
  const log = collectLog()
  const asked: string[] = []
  const webhooks: Webhooks = {
    read: async (apiKey) => {
      asked.push(apiKey)
      return answer
    },
    change: () => Promise.reject(new Error('nothing is to be changed')),
  }
  const tryOne = (store: (typeof stores)[0]) =>
    switchOffOne({
      ...{ store, webhooks, webhooksUrl: null, clock: () => NOON, random: systemRandom, jitter: () => 0 },
      log: createLogger('trace', log.destination),
    })
  return { older: stores[0], newer: stores[1], tryOne, asked, log, setTime: database.setTime }
}

test('what nobody could be told in a day is given up: said in the log, its key erased', async () => {
  const { older, tryOne, asked, log, setTime } = await atHand(AWAY)
  await connected(older, 'acme', 'the-api-key')
  await older.connections.disconnect('acme', OPERATOR, NOON)
  expect(await tryOne(older)).toBe(true)
  await setTime(after(NOON, hours(24)))
  expect(await tryOne(older)).toBe(true)
  expect(log.events('keys.switch_off_given_up')).toMatchObject([
    { level: 'warn', crmAccountId: 'acme', wazzupAccountId: '12345678', cause: 'disconnected' },
  ])
  expect((await older.counts()).jobs.switch_off.waiting).toBe(0)
  expect(asked).toEqual(['the-api-key', 'the-api-key'])
  expect(log.text()).not.toContain('the-api-key')
})

test('while nothing is let through to Wazzup no others are taken up, and this one is due when it is', async () => {
  const held: Answer = {
    kind: 'unavailable',
    status: null,
    code: 'breaker_open',
    maybeDone: false,
    heldBack: 9000,
  }
  const { older, tryOne, asked, setTime } = await atHand(held)
  await connected(older, 'acme', 'the-api-key')
  await older.connections.disconnect('acme', OPERATOR, NOON)
  expect(await tryOne(older)).toBe(9000)
  await setTime(after(NOON, minutes(2)))
  expect(await tryOne(older)).toBe(9000)
  await setTime(after(NOON, minutes(2) + 9000))
  await tryOne(older)
  expect(asked).toHaveLength(3)
})

test.each([REFUSED, FORBIDDEN])('an apiKey that is answered $status is erased at once', async (answer) => {
  const { older, tryOne, asked, setTime } = await atHand(answer)
  await connected(older, 'acme', 'the-api-key')
  await older.connections.disconnect('acme', OPERATOR, NOON)
  expect(await tryOne(older)).toBe(true)
  await setTime(after(NOON, hours(1)))
  expect(await tryOne(older)).toBe(false)
  expect(asked).toHaveLength(1)
})

test('a replica that lacks the encryption key leaves it to another one', async () => {
  const { older, newer, tryOne, asked, setTime } = await atHand(REFUSED)
  await connected(newer, 'acme', 'the-api-key')
  await older.connections.disconnect('acme', OPERATOR, NOON)
  expect(await tryOne(older)).toBe(true)
  expect(asked).toEqual([])
  await setTime(after(NOON, minutes(1)))
  expect(await tryOne(newer)).toBe(true)
  expect(asked).toEqual(['the-api-key'])
})

test('an apiKey that is current somewhere by now is not used', async () => {
  const { older, tryOne, asked } = await atHand(AWAY)
  await connected(older, 'acme', 'the-same-key')
  await older.connections.disconnect('acme', OPERATOR, NOON)
  const attempt = await identified(older, 'nordwind', { wazzupAccountId: null })
  const claim = await older.exchanges.claim(newExchange(attempt, await shownNow(older, 'nordwind')))
  if (claim.kind !== 'claimed') throw new Error('expected a claim')
  await older.exchanges.record(keyFor(claim.exchange, 'the-same-key'))
  expect(await tryOne(older)).toBe(true)
  expect(await tryOne(older)).toBe(false)
  expect(asked).toEqual([])
})

test('nobody takes over what is being tried', () => {
  expect(LEASE).toBeGreaterThan(DEADLINE + seconds(30))
  expect(LEASE).toBeGreaterThan(2 * WAZZUP_CALL.deadline)
})

test('an upload that was under way at the disconnect is over when it is tried once more', () => {
  expect(LEASE).toBeGreaterThanOrEqual(UPLOAD_LEASE)
})
