import fc from 'fast-check'
import { expect, inject, test } from 'vitest'
import { hours, minutes } from '../../src/shared/clock.ts'
import type { Store } from '../../src/store/port.ts'
import { connected } from '../support/attempts.ts'
import { answers, eventsAtHand, takes, type Behaviour } from './events-at-hand.ts'

const ACCOUNTS = ['acme', 'nordwind', 'delta']

/** What a receiver does for a while. The last two have the event, and the sender does not learn of it, or late. */
const MOODS: Record<string, Behaviour> = {
  takes,
  fails: answers(500),
  'has too much to do': answers(429, { 'retry-after': '7' }),
  redirects: answers(308, { location: '/elsewhere' }),
  breaks: (_, response) => response.destroy(),
  'dislikes one customer': (received, response) => {
    const disliked = received.body.data.crmAccountId.startsWith('acme')
    ;(disliked ? answers(400) : takes)(received, response)
  },
}

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ happens: fc.constantFrom(...ACCOUNTS) }) },
  { weight: 4, arbitrary: fc.record({ send: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ mood: fc.constantFrom(...Object.keys(MOODS)) }) },
  { weight: 2, arbitrary: fc.record({ seconds: fc.integer({ min: 1, max: 15 }) }) },
  // The answer has come, and its commit has not: as after a kill.
  { weight: 1, arbitrary: fc.constant({ dies: true as const }) },
)

/** Three senders over one database, whose next commit of an answer can be lost. */
async function senders() {
  const at = await eventsAtHand()
  let dies = false
  const mortal = (store: Store) => {
    const end = store.deliveries.end.bind(store.deliveries)
    store.deliveries.end = (...args) => {
      if (!dies) return end(...args)
      dies = false
      return Promise.reject(new Error('killed'))
    }
    return store
  }
  const [own, other] = [mortal(at.store), await at.another()]
  if (other !== own) mortal(other)
  const all = [at.replica(own), at.replica(own), at.replica(other)]
  return {
    ...at,
    die: () => (dies = true),
    live: () => (dies = false),
    /** So many at the same time. */
    send: (count: number) => Promise.all(all.slice(0, count).map((deliver) => deliver().catch(() => false))),
  }
}

/** What came of a connection: each event after those before it, and again only before the next one. */
function expectOrder(sequences: readonly number[], told: number) {
  const wrong = sequences.filter((sequence, at) => {
    const before = sequences[at - 1] ?? 0
    return sequence !== before + 1 && sequence !== before
  })
  expect({ sequences, wrong }).toEqual({ sequences, wrong: [] })
  expect(sequences.at(-1) ?? 0).toBe(told)
}

async function inAnyOrder(numRuns: number) {
  const at = await senders()
  let runs = 0
  const run = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
    const name = (account: string) => `${account}-${runs}`
    runs += 1
    at.came.splice(0)
    const told = new Map<string, number>()
    for (const one of steps) {
      if ('happens' in one) {
        const account = name(one.happens)
        const count = (told.get(account) ?? 0) + 1
        told.set(account, count)
        await connected(at.store, account, `key ${count} of ${account}`)
      } else if ('send' in one) await at.send(one.send)
      else if ('mood' in one) at.does.now = MOODS[one.mood] ?? takes
      else if ('seconds' in one) await at.pass(one.seconds * 1000)
      else at.die()
    }
    at.live()
    at.does.now = takes
    for (let tries = 0; tries < 20 && (await at.store.deliveries.counts()).waiting > 0; tries += 1) {
      await at.pass(minutes(6))
      await at.deliverAll()
    }
    expect(await at.store.deliveries.counts()).toEqual({ waiting: 0, failed: 0, oldest: 0 })
    for (const account of ACCOUNTS.map(name)) {
      const of = at.came.filter(({ body }) => body.data.crmAccountId === account)
      expectOrder(
        of.map(({ body }) => body.data.sequence),
        told.get(account) ?? 0,
      )
    }
    await at.pass(hours(1))
  })
  await fc.assert(run, { numRuns })
}

test('whatever happens, each connection’s events come in order, and all of them', async () => {
  await inAnyOrder(inject('engine') === 'sqlite' ? 12 : 4)
})

test('the same, many times', { tags: ['long'] }, async () => {
  await inAnyOrder(inject('engine') === 'sqlite' ? 200 : 50)
})
