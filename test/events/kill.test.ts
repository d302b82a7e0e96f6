import { fileURLToPath } from 'node:url'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { newWebhookSecret } from '../../src/config/fields/webhook-secret.ts'
import { RECEIVER_DEADLINE } from '../../src/crm/port.ts'
import { DELIVERIES_AT_A_TIME } from '../../src/compose/loops.ts'
import { openStore } from '../../src/store/index.ts'
import type { Store } from '../../src/store/port.ts'
import { connected } from '../support/attempts.ts'
import { filledDatabase } from '../support/filled-database.ts'
import { spawnService } from '../support/service-process.ts'
import { answers, receiver, takes, type Behaviour, type Received } from './events-at-hand.ts'

const main = fileURLToPath(new URL('sending-process.ts', import.meta.url))

/** Events that wait in a database of their own, and who sends them. */
async function waiting(fill: (store: Store) => Promise<void>, behaviour: Behaviour = takes) {
  const secret = newWebhookSecret()
  const does = { now: behaviour }
  const { url, came } = await receiver(
    (one, response) => {
      does.now(one, response)
    },
    [secret],
  )
  const at = await filledDatabase(fill, { EVENTS_URL: url.href, EVENTS_SECRET: secret })
  onTestFinished(() => at.remove())
  const run = (more: Record<string, string> = {}) =>
    spawnService({ ...at.env, ...more }, { main, preload: true }).ended
  return {
    ...{ came, does },
    dies: async (KILL_AT: string, WORK = 'send') => {
      expect(await run({ KILL_AT, WORK })).toMatchObject({ signal: 'SIGKILL' })
    },
    /** On SQLite at once, as nobody else can have the file; on PostgreSQL when the lease of the dead one is over. */
    restart: async () => {
      if (inject('engine') === 'postgres') await at.database.moveTime(2 * RECEIVER_DEADLINE)
      expect(await run()).toEqual({ code: 0, signal: null })
    },
    seen: async <T>(look: (store: Store) => Promise<T>) => {
      const store = await openStore(at.settings())
      return look(store).finally(() => store.close())
    },
  }
}

const threeOfAcme = async (store: Store) => {
  for (const key of ['one', 'two', 'three']) await connected(store, 'acme', `the-key-${key}`)
  await connected(store, 'nordwind', 'the-key-of-nordwind')
}

/** What a receiver keeps that knows events by their ids. */
const once = (came: readonly Received[], account: string) =>
  came
    .filter(({ id }, at) => came.findIndex((one) => one.id === id) === at)
    .filter(({ body }) => body.data.crmAccountId === account)
    .map(({ body }) => `${body.type} ${body.data.sequence}`)

const OF_ACME = ['connection.connected 1', 'connection.reconnected 2', 'connection.reconnected 3']
const NONE = { waiting: 0, failed: 0, oldest: 0 }

/** `npm test` tries what lies between the answer and its commit, `npm run test:long` all. */
const when = (point: string) => (point === 'end:before' ? {} : { tags: ['long'] })

/** Between two commits nothing depends on the engine. */
const points = (all: readonly string[]) =>
  inject('engine') === 'sqlite' ? all : all.filter((point) => !point.startsWith('post:'))

const BEFORE_IT_CAME = ['take:before', 'take:uncommitted', 'take:committed', 'post:before']
const WHEN_IT_CAME = ['post:answering', 'post:answered', 'end:before', 'end:uncommitted']

describe('killed while sending', () => {
  for (const point of points([...BEFORE_IT_CAME, 'post:sent', ...WHEN_IT_CAME, 'end:committed'])) {
    test(`at ${point}: all arrive, in order`, when(point), async () => {
      const { dies, restart, came, seen } = await waiting(threeOfAcme)
      await dies(point)
      await restart()
      expect(once(came, 'acme')).toEqual(OF_ACME)
      expect(once(came, 'nordwind')).toEqual(['connection.connected 1'])
      expect(await seen((store) => store.deliveries.counts())).toEqual(NONE)
      // Nothing comes twice but what was under way.
      if (point !== 'post:sent') expect(came).toHaveLength(WHEN_IT_CAME.includes(point) ? 5 : 4)
    })
  }

  for (const point of ['refuse:before', 'refuse:uncommitted', 'refuse:committed']) {
    test(`at ${point}, after a refusal: all arrive, in order`, when(point), async () => {
      const { dies, restart, came, seen, does } = await waiting(threeOfAcme, answers(500))
      await dies(point)
      expect(came).toHaveLength(1)
      does.now = takes
      await restart()
      expect(once(came, 'acme')).toEqual(OF_ACME)
      expect(await seen((store) => store.deliveries.counts())).toEqual(NONE)
    })
  }
})

/** Answers none before so many have come, then all at once. */
function togetherAt(count: number): Behaviour {
  const kept: Parameters<Behaviour>[] = []
  return (...one) => {
    kept.push(one)
    if (kept.length === count) for (const [received, response] of kept) takes(received, response)
  }
}

describe('killed while several that were sent at the same time end in one commit', () => {
  const ACCOUNTS = Array.from({ length: DELIVERIES_AT_A_TIME }, (_, i) => `account-${i}`)
  const twoOfEach = async (store: Store) => {
    for (const key of ['one', 'two'])
      for (const account of ACCOUNTS) await connected(store, account, `key ${key} of ${account}`)
  }

  for (const point of ['end:before', 'end:uncommitted', 'end:committed']) {
    test(`at ${point}: all arrive, in order, and twice at most those`, when(point), async () => {
      const { dies, restart, came, seen, does } = await waiting(twoOfEach, togetherAt(ACCOUNTS.length))
      await dies(point, 'drain')
      expect(came).toHaveLength(ACCOUNTS.length)
      does.now = takes
      await restart()
      for (const account of ACCOUNTS)
        expect(once(came, account)).toEqual(['connection.connected 1', 'connection.reconnected 2'])
      expect(await seen((store) => store.deliveries.counts())).toEqual(NONE)
      expect(came.length).toBeLessThanOrEqual(3 * ACCOUNTS.length)
    })
  }
})

describe('killed while something happens, of which the CRM is told', () => {
  const isKept = (point: string) => point.endsWith(':committed')

  for (const point of ['record:before', 'record:uncommitted', 'record:committed']) {
    test(`at ${point}: it is told of a connection that there is, and of no other`, when(point), async () => {
      const { dies, restart, came, seen } = await waiting(async () => undefined)
      await dies(point, 'connect')
      await restart()
      const connection = await seen((store) => store.connections.find('acme'))
      expect(connection?.status === 'connected').toBe(isKept(point))
      expect(once(came, 'acme')).toEqual(isKept(point) ? ['connection.connected 1'] : [])
    })
  }

  for (const point of ['disconnect:before', 'disconnect:uncommitted', 'disconnect:committed']) {
    test(`at ${point}: it is told of an end that there was, and of no other`, when(point), async () => {
      const { dies, restart, came, seen } = await waiting(async (store) => {
        await connected(store, 'acme', 'the-key-of-acme')
      })
      await dies(point, 'disconnect')
      await restart()
      const connection = await seen((store) => store.connections.find('acme'))
      expect(connection?.status === 'disconnected').toBe(isKept(point))
      const end = isKept(point) ? ['connection.disconnected 2'] : []
      expect(once(came, 'acme')).toEqual(['connection.connected 1', ...end])
    })
  }
})
