import { expect, test } from 'vitest'
import { probeOne } from '../../src/keys/probe.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { after, hours, minutes, seconds } from '../../src/shared/clock.ts'
import { systemRandom } from '../../src/shared/random.ts'
import type { KeyHealth } from '../../src/wazzup/key-health.ts'
import { connected, NOON } from '../support/attempts.ts'
import { storeAtHand } from '../support/store-at-hand.ts'

const VALID: KeyHealth = { health: 'valid', status: 200, code: null }
const INVALID: KeyHealth = { health: 'invalid', status: 401, code: null }

/** Customers with new apiKeys, and a Wazzup that says of each what `health` says; the time is the test's. */
async function customers(accounts: string[], health: (apiKey: string) => KeyHealth) {
  const store = await storeAtHand()
  for (const account of accounts) await connected(store, account, `key-of-${account}`)
  let now = NOON
  const tried: { apiKey: string; after: number }[] = []
  const deps = {
    ...{ store, clock: () => now, log: createLogger('silent'), random: systemRandom, jitter: () => 0 },
    interval: hours(24),
    probe: async (apiKey: string) => {
      tried.push({ apiKey, after: now.getTime() - NOON.getTime() })
      return health(apiKey)
    },
  }
  return {
    tried,
    probe: () => probeOne(deps),
    status: async (account: string) => (await store.connections.find(account))?.status,
    /** Tries what is due, then and again and again after it, for so long. */
    watch: async (ms: number, step = minutes(1)) => {
      for (const end = after(now, ms); now < end; now = after(now, step)) {
        await store.setTime(now)
        while ((await probeOne(deps)) === true);
      }
    },
    pass: async (ms: number) => {
      now = after(now, ms)
      await store.setTime(now)
    },
  }
}

test('a new apiKey is tried at once, and then once a day', async () => {
  const { tried, watch, status } = await customers(['acme', 'nordwind'], (apiKey) =>
    apiKey === 'key-of-acme' ? INVALID : VALID,
  )
  await watch(seconds(30))
  expect(tried.map(({ apiKey }) => apiKey).sort()).toEqual(['key-of-acme', 'key-of-nordwind'])
  expect([await status('acme'), await status('nordwind')]).toEqual(['invalid', 'connected'])
  await watch(hours(20), hours(1))
  expect(tried.filter(({ apiKey }) => apiKey === 'key-of-nordwind')).toHaveLength(1)
})

test('a refused apiKey is tried again after a minute, then after longer and longer, and once a day at least', async () => {
  let health = INVALID
  const { tried, watch, status } = await customers(['acme'], () => health)
  await watch(hours(1))
  await watch(hours(95), hours(1))
  const pauses = tried.map((one, n) => (one.after - (tried[n - 1]?.after ?? 0)) / minutes(1))
  expect(pauses.slice(0, 6)).toEqual([0, 1, 2, 4, 8, 16])
  expect(Math.max(...pauses)).toBeLessThanOrEqual(24 * 60 + 60)
  expect(tried.length).toBeLessThan(16)
  health = VALID
  await watch(hours(25), hours(1))
  expect(await status('acme')).toBe('connected')
})

test('a service that was off for long tries a refused apiKey soon again and again', async () => {
  const { tried, watch, pass } = await customers(['acme'], () => INVALID)
  await watch(seconds(30))
  await pass(hours(10))
  const from = tried.length
  await watch(minutes(10))
  expect(tried.slice(from).length).toBeGreaterThanOrEqual(3)
})

test('while nothing is let through to Wazzup, one apiKey is taken up at a time, and none is put off', async () => {
  let isOpen = true
  const accounts = Array.from({ length: 30 }, (_, n) => `account-${n}`)
  const { tried, probe, watch, pass } = await customers(accounts, () =>
    isOpen ? { health: 'unknown', status: null, code: 'breaker_open', heldBack: seconds(10) } : VALID,
  )
  expect(await probe()).toBe(seconds(10))
  expect(tried).toHaveLength(1)
  isOpen = false
  await pass(seconds(10))
  await watch(seconds(30))
  expect(new Set(tried.map(({ apiKey }) => apiKey)).size).toBe(30)
})

test('a try that breaks off without an answer makes no pause longer', async () => {
  let answer = (): KeyHealth => INVALID
  const { tried, watch } = await customers(['acme'], () => answer())
  await watch(minutes(2))
  const from = tried.length
  answer = () => {
    throw new Error('unforeseen')
  }
  await watch(minutes(7))
  // The first pause is one of two minutes; each next one would have been twice as long, or a day.
  expect(tried.slice(from).map(({ after }) => after / minutes(1))).toEqual([3, 5, 7])
})

test('nor does it put off a good apiKey for a day', async () => {
  let isBroken = true
  const { tried, watch } = await customers(['acme'], () => {
    if (isBroken) throw new Error('unforeseen')
    return VALID
  })
  await watch(minutes(1))
  isBroken = false
  await watch(minutes(10))
  expect(tried).toHaveLength(2)
})
