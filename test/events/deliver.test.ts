import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { newWebhookSecret } from '../../src/config/fields/webhook-secret.ts'
import { RECEIVER_DEADLINE } from '../../src/crm/port.ts'
import { hours, minutes, seconds } from '../../src/shared/clock.ts'
import { OPERATOR } from '../contracts/store-lifecycle.ts'
import { AT_NOON, claimed, connected, NOON } from '../support/attempts.ts'
import { answers, eventsAtHand, takes, type Behaviour } from './events-at-hand.ts'
import { onOneEngine } from '../support/on-one-engine.ts'

const [W1, W2] = ['11111111', '22222222']

/** Refuses what this says, and takes everything else. */
const refuses =
  (is: (about: { type: string; account: string }) => boolean, status = 500): Behaviour =>
  (received, response) => {
    const { type, data } = received.body
    const refused = is({ type, account: data.crmAccountId })
    ;(refused ? answers(status) : takes)(received, response)
  }

const ofAcme = refuses(({ account }) => account === 'acme')

describe('the CRM is told', () => {
  test('of each connect, by which it can tell a new one, the same and another Wazzup account', async () => {
    const { store, deliverAll, came, verify } = await eventsAtHand()
    await connected(store, 'acme', 'key-1', W1)
    await connected(store, 'acme', 'key-2', W1)
    await connected(store, 'acme', 'key-3', W2)
    await store.connections.disconnect('acme', OPERATOR, NOON)
    await connected(store, 'acme', 'key-4', W2)
    await deliverAll()
    const connectionId = (await store.connections.find('acme'))?.id
    const all = came.map((one) => verify(one))
    expect(all[0]).toEqual({
      type: 'connection.connected',
      timestamp: NOON.toISOString(),
      data: { crmAccountId: 'acme', connectionId, wazzupAccountId: W1, generation: 1, sequence: 1 },
    })
    expect(all.slice(1)).toMatchObject([
      {
        type: 'connection.reconnected',
        data: { generation: 2, sequence: 2, wazzupAccountId: W1, previousWazzupAccountId: null },
      },
      {
        type: 'connection.reconnected',
        data: { generation: 3, sequence: 3, wazzupAccountId: W2, previousWazzupAccountId: W1 },
      },
      { type: 'connection.disconnected', data: { generation: 3, sequence: 4, cause: 'operator' } },
      { type: 'connection.connected', data: { generation: 4, sequence: 5, wazzupAccountId: W2 } },
    ])
  })

  test('when another account takes the apiKey over: both sides', async () => {
    const { store, deliverAll, came } = await eventsAtHand()
    await connected(store, 'acme', 'the-key')
    await connected(store, 'nordwind', 'the-key')
    await deliverAll()
    const of = (account: string) =>
      came
        .filter(({ body }) => body.data.crmAccountId === account)
        .map(({ body: { type, data } }) => [type, data.cause])
    expect(of('acme')).toEqual([
      ['connection.connected', undefined],
      ['connection.disconnected', 'taken_over'],
    ])
    expect(of('nordwind')).toEqual([['connection.connected', undefined]])
  })

  test('that a connect has failed, and why', async () => {
    const { store, deliverAll, came } = await eventsAtHand()
    const exchange = await claimed(store, 'acme')
    await store.exchanges.fail(exchange, {
      reason: 'state_refused',
      grace: 0,
      retryIn: 0,
      ...AT_NOON,
    })
    await deliverAll()
    expect(came.map(({ body }) => body)).toMatchObject([
      { type: 'connection.failed', data: { crmAccountId: 'acme', generation: 1, reason: 'state_refused' } },
    ])
  })

  test('that Wazzup refuses a key, and takes it once more; an operator’s end of what never connected is no event', async () => {
    const { store, deliverAll, news } = await eventsAtHand()
    const { generationId } = await connected(store, 'acme', 'key')
    await store.connections.noteHealth(generationId, 'invalid', NOON)
    await store.connections.noteHealth(generationId, 'invalid', NOON)
    await store.connections.noteHealth(generationId, 'valid', NOON)
    await claimed(store, 'nordwind')
    await store.connections.disconnect('nordwind', OPERATOR, NOON)
    await deliverAll()
    expect(news()).toEqual([
      'connection.connected acme 1',
      'connection.invalid acme 2',
      'connection.recovered acme 3',
    ])
  })

  test('nothing of a person and no secret', async () => {
    const { store, deliverAll, came } = await eventsAtHand()
    const { crmKey } = await connected(store, 'acme', 'the-secret-api-key')
    await store.connections.disconnect('acme', OPERATOR, NOON)
    await deliverAll()
    const all = came.map(({ raw }) => raw).join('\n')
    for (const private_ of [
      crmKey,
      'the-secret-api-key',
      'Ann Admin',
      'acme-admin',
      'company',
      OPERATOR.userName,
      '192.0.2',
    ])
      expect(all).not.toContain(private_)
    expect(came).toHaveLength(2)
  })
})

describe('a request', () => {
  test('is JSON at the address with its query, signed with both secrets during a change', async () => {
    const secrets = [newWebhookSecret(), newWebhookSecret()]
    const { store, deliverAll, came, verify } = await eventsAtHand({ secrets })
    await connected(store, 'acme', 'key')
    await deliverAll()
    const [one] = came
    if (!one) throw new Error('nothing came')
    expect(one.path).toBe('/events?of=wauth')
    expect(one.headers['content-type']).toBe('application/json')
    for (const secret of secrets) expect(verify(one, secret)).toEqual(one.body)
    expect(() => verify(one, newWebhookSecret())).toThrow(/signature/i)
  })

  test.each<[string, Behaviour, string, { deadline?: number }?]>([
    ['an error', answers(500), 'events_failed'],
    ['a refusal', answers(403), 'events_refused'],
    ['a redirect, which is not followed', answers(307, { location: '/elsewhere' }), 'events_refused'],
    ['too many requests', answers(429), 'events_busy'],
    ['a connection that breaks', (_, response) => response.destroy(), 'events_out_of_reach'],
    ['no answer in time', () => undefined, 'events_too_slow', { deadline: 500 }],
  ])('is not taken by %s', async (_what, behaviour, reason, receive = {}) => {
    const { store, deliverAll, came } = await eventsAtHand({ behaviour, receive })
    await connected(store, 'acme', 'key')
    await deliverAll()
    expect(
      await store.deliveries.list({ crmAccountId: null, status: null, after: 0, limit: 9 }),
    ).toMatchObject([{ status: 'waiting', tries: 1, reason }])
    expect(came).toHaveLength(1)
  })

  test('is taken once the first line says so, whatever becomes of the rest', async () => {
    const behaviour: Behaviour = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' })
      const flood = () => {
        while (response.write('x'.repeat(64 * 1024)));
        response.once('drain', flood)
      }
      flood()
    }
    const { store, deliverAll } = await eventsAtHand({ behaviour })
    await connected(store, 'acme', 'key')
    await deliverAll()
    expect(await store.deliveries.counts()).toEqual({ waiting: 0, failed: 0, oldest: 0 })
  })

  test('is taken, too, when the rest never comes; and what comes before the answer is none', async () => {
    const behaviour: Behaviour = (_, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' })
      response.writeHead(200, { 'content-length': '10' })
      response.write('x')
    }
    const { store, deliverAll } = await eventsAtHand({ behaviour })
    await connected(store, 'acme', 'key')
    await deliverAll()
    expect(await store.deliveries.counts()).toEqual({ waiting: 0, failed: 0, oldest: 0 })
  })

  test('has fifteen seconds', () => {
    expect(RECEIVER_DEADLINE).toBe(seconds(15))
  })
})

describe('pauses', () => {
  test('double from five seconds to an hour, and hold up nobody else', async () => {
    const { store, deliverAll, pass, news, came, does } = await eventsAtHand({ behaviour: ofAcme })
    await connected(store, 'acme', 'key-a')
    await connected(store, 'acme', 'key-b')
    await connected(store, 'nordwind', 'key-n')
    await deliverAll()
    expect(news().sort()).toEqual(['connection.connected acme 1', 'connection.connected nordwind 1'])
    for (const pause of [5, 10, 20, 40, 80]) {
      await pass(seconds(pause) - 1)
      await deliverAll()
      expect(came).toEqual([])
      await pass(1)
      await deliverAll()
      expect(news()).toEqual(['connection.connected acme 1'])
    }
    does.now = takes
    await pass(seconds(160))
    await deliverAll()
    expect(news()).toEqual(['connection.connected acme 1', 'connection.reconnected acme 2'])
  })

  test('are as long as the receiver asks, an hour at most', async () => {
    const behaviour = answers(503, { 'retry-after': '86400' })
    const { store, deliverAll, pass, came } = await eventsAtHand({ behaviour })
    await connected(store, 'acme', 'key')
    await deliverAll()
    await pass(hours(1) - 1)
    await deliverAll()
    expect(came).toHaveLength(1)
    await pass(1)
    await deliverAll()
    expect(came).toHaveLength(2)
  })
})

describe('one that the receiver refuses', () => {
  test('steps aside after ten minutes in which others are taken, and can be sent by an operator', async () => {
    const behaviour = refuses(({ type, account }) => account === 'acme' && type === 'connection.connected')
    const { store, deliverAll, pass, news, does, log } = await eventsAtHand({ behaviour })
    await connected(store, 'acme', 'key-a')
    await connected(store, 'acme', 'key-b')
    for (let minute = 0; minute < 30; minute += 1) {
      await connected(store, `other-${minute}`, `key-${minute}`)
      await deliverAll()
      await pass(minutes(1))
    }
    const [failed] = await store.deliveries.list({ crmAccountId: null, status: 'failed', after: 0, limit: 9 })
    expect(failed).toMatchObject({
      type: 'connection.connected',
      crmAccountId: 'acme',
      reason: 'events_failed',
    })
    expect(news()).toContain('connection.reconnected acme 2')
    expect(log.events('delivery.failed')).toHaveLength(1)
    does.now = takes
    expect(await store.deliveries.retry(failed?.id ?? '')).toBe(true)
    await deliverAll()
    expect(news()).toEqual(['connection.connected acme 1'])
    expect(await store.deliveries.retry(failed?.id ?? '')).toBe(false)
  })

  test('with 410 is sent never again, and those behind it are', async () => {
    const behaviour = refuses(({ type }) => type === 'connection.connected', 410)
    const { store, deliverAll, pass, news } = await eventsAtHand({ behaviour })
    await connected(store, 'acme', 'key-a')
    await connected(store, 'acme', 'key-b')
    await deliverAll()
    await pass(hours(2))
    await deliverAll()
    expect(news()).toEqual(['connection.connected acme 1', 'connection.reconnected acme 2'])
  })

  test('is given up after three days, if nothing else was taken either', async () => {
    const { store, deliverAll, pass } = await eventsAtHand({ behaviour: answers(500) })
    await connected(store, 'acme', 'key')
    for (let hour = 0; hour < 72; hour += 1) {
      await deliverAll()
      await pass(hours(1))
    }
    expect(await store.deliveries.counts()).toMatchObject({ waiting: 1, failed: 0 })
    await deliverAll()
    expect(await store.deliveries.counts()).toEqual({ waiting: 0, failed: 1, oldest: 0 })
  })
})

describe('a receiver that is away', () => {
  test(
    'for a day is waited for: nothing is given up, few requests try it, and the first it takes sends the rest',
    onOneEngine,
    async () => {
      const { store, deliver, deliverAll, pass, news, came, does } = await eventsAtHand({
        behaviour: answers(502),
      })
      const accounts = Array.from({ length: 40 }, (_, n) => `account-${n}`)
      for (const account of accounts) await connected(store, account, `key of ${account}`)
      for (let minute = 0; minute < 24 * 60; minute += 10) {
        await deliverAll()
        await pass(minutes(10))
      }
      // One of them at a time, and of forty customers none on its own.
      expect(came.length).toBeLessThan(24 * 60)
      expect(await store.deliveries.counts()).toMatchObject({ waiting: 40, failed: 0 })
      news()
      does.now = takes
      // The next try is an hour away at most.
      for (let minute = 0; minute < 60 && came.length === 0; minute += 1) {
        await deliver()
        await pass(minutes(1))
      }
      await deliverAll()
      expect(news().sort()).toEqual(accounts.map((account) => `connection.connected ${account} 1`).sort())
    },
  )

  test('and then refuses much of what it gets at once, as it has so much to do: none steps aside', async () => {
    const { store, deliverAll, pass, news, does } = await eventsAtHand({ behaviour: answers(502) })
    const accounts = Array.from({ length: 12 }, (_, n) => `account-${n}`)
    for (const account of accounts) await connected(store, account, `key of ${account}`)
    for (let minute = 0; minute < 120; minute += 10) {
      await deliverAll()
      await pass(minutes(10))
    }
    news()
    // One in a minute, for twelve minutes.
    for (let minute = 0; minute < 90; minute += 1) {
      let mayCome = true
      does.now = (received, response) => {
        const now = mayCome
        mayCome = false
        ;(now ? takes : answers(503))(received, response)
      }
      await deliverAll()
      await pass(minutes(1))
    }
    does.now = takes
    await pass(hours(1))
    await deliverAll()
    expect(await store.deliveries.counts()).toEqual({ waiting: 0, failed: 0, oldest: 0 })
    expect(new Set(news()).size).toBe(12)
  })
})

describe('nothing is lost', () => {
  test('between the answer and its commit: it comes once more, known by its id', async () => {
    const { store, deliver, came, pass } = await eventsAtHand()
    await connected(store, 'acme', 'key')
    const end = store.deliveries.end.bind(store.deliveries)
    store.deliveries.end = () => Promise.reject(new Error('killed'))
    await expect(deliver()).rejects.toThrow('killed')
    store.deliveries.end = end
    await pass(2 * RECEIVER_DEADLINE)
    expect(await deliver()).toBe(true)
    expect(came).toHaveLength(2)
    expect(came[0]?.id).toBe(came[1]?.id)
    expect(await store.deliveries.counts()).toMatchObject({ waiting: 0 })
  })

  test('when the answer comes too late: it comes once more, known by its id, and those behind it after it', async () => {
    const late: Behaviour = (_, response) => void setTimeout(() => response.writeHead(204).end(), 3000)
    const { store, deliverAll, came, pass, does } = await eventsAtHand({
      ...{ behaviour: late, receive: { deadline: 1500 } },
    })
    for (const key of ['key-a', 'key-b']) await connected(store, 'acme', key)
    await deliverAll()
    does.now = takes
    await pass(seconds(5))
    await deliverAll()
    expect(came.map(({ body }) => body.data.sequence)).toEqual([1, 1, 2])
    expect(came[0]?.id).toBe(came[1]?.id)
    expect(await store.deliveries.counts()).toMatchObject({ waiting: 0 })
  })

  test('and of two senders one has it, and a connection’s events keep their order', async () => {
    const { store, another, replica, came } = await eventsAtHand()
    for (const account of ['acme', 'nordwind', 'delta'])
      for (const n of [1, 2, 3, 4]) await connected(store, account, `${account} ${n}`)
    const senders = [replica(), replica(), replica(await another())]
    const drain = async (deliver: () => Promise<boolean | number>) => {
      while ((await store.deliveries.counts()).waiting > 0) {
        await deliver()
        await setImmediate()
      }
    }
    await Promise.all(senders.map(drain))
    expect(came).toHaveLength(12)
    for (const account of ['acme', 'nordwind', 'delta']) {
      const order = came
        .filter(({ body }) => body.data.crmAccountId === account)
        .map(({ body }) => body.data.sequence)
      expect(order).toEqual([1, 2, 3, 4])
    }
  })
})
