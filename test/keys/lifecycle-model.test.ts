import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hours } from '../../src/shared/clock.ts'
import type { Store } from '../../src/store/port.ts'
import { Secret } from '../../src/config/secret.ts'
import { openStore } from '../../src/store/index.ts'
import { OPERATOR } from '../contracts/store-lifecycle.ts'
import { identified, newExchange, NOON, openedKey, shownNow } from '../support/attempts.ts'
import { databaseFor } from '../support/database-for.ts'
import { tempDir } from '../support/temp-dir.ts'

const ACCOUNTS = ['acme', 'nordwind'] as const
type Account = (typeof ACCOUNTS)[number]
const GRACE = hours(24)
const LEASE = hours(1)

/** What the simplest possible bookkeeping knows of a crmKey. */
interface Key {
  account: Account
  generationId: string
  stateHash: string
  runner: string
  crmKey: string
  apiKey: string | null
  /** A key that came late, and waits for what becomes of a newer confirmation. */
  kept: string | null
  number: number
  state: 'pending' | 'abandoned' | 'current' | 'previous' | 'ended'
  until: number
  /** On its way to Wazzup, also when a disconnect has ended it. */
  isSent: boolean
  leaseUntil: number
}

class Model {
  now = NOON.getTime()
  keys: Key[] = []
  status = new Map<Account, 'connected' | 'invalid' | 'disconnected'>()

  of = (account: Account) => this.keys.filter((key) => key.account === account)
  pending = (account: Account) => this.of(account).find(({ state }) => state === 'pending')
  current = (account: Account) => this.of(account).find(({ state }) => state === 'current')

  makeCurrent(key: Key, apiKey: string) {
    const before = this.current(key.account)
    if (before) Object.assign(before, { state: 'previous', until: this.now + GRACE })
    for (const other of this.of(key.account)) other.kept = null
    Object.assign(key, { state: 'current', apiKey })
    this.status.set(key.account, 'connected')
  }

  /** What a look-up has to say. */
  resolves({ state, until }: Key): 'pending' | 'current' | 'previous' | null {
    if (state === 'ended') return null
    if ((state === 'previous' || state === 'abandoned') && until <= this.now) return null
    return state === 'abandoned' ? 'pending' : state
  }
}

interface Real {
  store: Store
  setTime: (to: Date) => Promise<void>
}

type Command = fc.AsyncCommand<Model, Real>

const time = (ms: number) => new Date(ms)
let made = 0

/** A person confirms; nobody answers yet. */
const confirm = (account: Account): Command => ({
  check: () => true,
  toString: () => `confirm ${account}`,
  async run(model, { store }) {
    const attempt = await identified(store, account, {
      wazzupAccountId: `of-${account}`,
    })
    const exchange = newExchange(attempt, {
      ...(await shownNow(store, account)),
      ...{ lease: LEASE, grace: GRACE },
    })
    const busy = model.of(account).some(({ isSent, leaseUntil }) => isSent && leaseUntil > model.now)
    const { kind } = await store.exchanges.claim(exchange)
    expect(kind).toBe(busy ? 'busy' : 'claimed')
    if (busy) return
    // The newest confirmation is what counts: an older one that a crash left behind ends, and may be known to Wazzup.
    const left = model.pending(account)
    if (left) Object.assign(left, { state: 'abandoned', until: model.now + GRACE })
    model.keys.push({
      ...{
        account,
        generationId: exchange.generationId,
        stateHash: attempt.stateHash,
        runner: exchange.runner,
        crmKey: exchange.crmKey,
      },
      ...{ apiKey: null, kept: null, number: model.of(account).length + 1, state: 'pending', until: 0 },
      isSent: true,
      leaseUntil: model.now + LEASE,
    })
  },
})

/** Any exchange ever made is answered, however late. */
const answer = (account: Account, back: number): Command => ({
  check: (model) => model.of(account).length > 0,
  toString: () => `answer ${account} -${back}`,
  async run(model, { store }) {
    const key = model.of(account).at(-1 - (back % model.of(account).length))
    if (!key) return
    const apiKey = `api-key-${++made}`
    const recorded = await store.exchanges.record({
      ...{
        stateHash: key.stateHash,
        generationId: key.generationId,
        apiKey,
        apiKeyHash: apiKey,
        upload: false,
      },
      ...{ now: time(model.now), grace: GRACE },
    })
    // A key in hand is kept, also after its exchange was given up, unless a newer confirmation has its own.
    const newerIs = (state: Key['state']) =>
      model.of(account).some((newer) => newer.number > key.number && newer.state === state)
    const wanted = key.state === 'pending' || (key.state === 'abandoned' && !newerIs('current'))
    const kind = !wanted ? 'unwanted' : newerIs('pending') ? 'kept' : 'connected'
    expect(recorded.kind).toBe(kind)
    key.isSent = false
    if (kind === 'kept') key.kept = apiKey
    if (kind === 'connected') model.makeCurrent(key, apiKey)
  },
})

const fail = (account: Account, reason: 'state_refused' | 'restart_needed'): Command => ({
  check: (model) => model.pending(account) !== undefined,
  toString: () => `fail ${account} ${reason}`,
  async run(model, { store }) {
    const key = model.pending(account)
    if (!key) return
    const failure = {
      reason,
      grace: GRACE,
      retryIn: 0,
      now: time(model.now),
      upload: false,
    }
    const { stateHash, runner } = key
    const failed = await store.exchanges.fail({ stateHash, runner, tries: 1 }, failure)
    expect(failed.kind).toBe('failed')
    key.isSent = false
    Object.assign(
      key,
      reason === 'state_refused' ? { state: 'ended' } : { state: 'abandoned', until: model.now + GRACE },
    )
    const waiting = model.of(account).findLast(({ kept }) => kept !== null)
    if (waiting?.kept) model.makeCurrent(waiting, waiting.kept)
  },
})

const disconnect = (account: Account): Command => ({
  check: () => true,
  toString: () => `disconnect ${account}`,
  async run(model, { store }) {
    const live = model.of(account).some(({ state }) => state !== 'ended')
    expect(await store.connections.disconnect(account, OPERATOR, time(model.now))).toBe(live)
    if (!live) return
    for (const key of model.of(account)) Object.assign(key, { state: 'ended', apiKey: null, kept: null })
    // What was never connected is still not there.
    if (model.status.has(account)) model.status.set(account, 'disconnected')
  },
})

/** Wazzup's word about any generation there ever was. */
const health = (account: Account, back: number, word: 'valid' | 'invalid'): Command => ({
  check: (model) => model.of(account).length > 0,
  toString: () => `${word} ${account} -${back}`,
  async run(model, { store }) {
    const key = model.of(account).at(-1 - (back % model.of(account).length))
    if (!key) return
    const [from, to] =
      word === 'invalid' ? (['connected', 'invalid'] as const) : (['invalid', 'connected'] as const)
    const changes = key.state === 'current' && model.status.get(account) === from
    expect(await store.connections.noteHealth(key.generationId, word, time(model.now))).toBe(changes)
    if (changes) model.status.set(account, to)
  },
})

const pass = (ms: number): Command => ({
  check: () => true,
  toString: () => `${ms / hours(1)} hours pass`,
  async run(model, { store, setTime }) {
    model.now += ms
    await setTime(time(model.now))
    for (const key of model.keys) {
      const over = ['previous', 'abandoned'].includes(key.state) && key.until <= model.now
      if (over) Object.assign(key, { state: 'ended', apiKey: null, kept: null })
    }
    await store.cleanUp(time(model.now), 100)
  },
})

/** After every command, every key there ever was is looked up, and both accounts are looked at. */
const checked = (command: Command): Command => ({
  check: (model) => command.check(model),
  toString: () => command.toString(),
  async run(model, real) {
    await command.run(model, real)
    for (const key of model.keys) {
      const found = await openedKey(real.store, key.crmKey)
      expect(found?.keyStatus ?? null).toBe(model.resolves(key))
      if (found)
        expect(found).toMatchObject({ crmAccountId: key.account, generation: key.number, apiKey: key.apiKey })
    }
    for (const account of ACCOUNTS) {
      const status = model.status.get(account) ?? null
      expect((await real.store.connections.find(account))?.status ?? null).toBe(status)
      expect((await real.store.keys.current(account))?.generationId).toBe(
        model.current(account)?.generationId,
      )
    }
  },
})

const KEY = { id: 'k1', key: randomBytes(32) }

test('whatever happens in whatever order, keys resolve to what a simple model says', async () => {
  const account = fc.constantFrom(...ACCOUNTS)
  const back = fc.nat({ max: 3 })
  const commands = [
    account.map((a) => checked(confirm(a))),
    fc.tuple(account, back).map(([a, n]) => checked(answer(a, n))),
    fc
      .tuple(account, fc.constantFrom('state_refused', 'restart_needed'))
      .map(([a, r]) => checked(fail(a, r))),
    account.map((a) => checked(disconnect(a))),
    fc.tuple(account, back, fc.constantFrom('valid', 'invalid')).map(([a, n, w]) => checked(health(a, n, w))),
    fc.constantFrom(hours(2), hours(30)).map((ms) => checked(pass(ms))),
  ]
  await fc.assert(
    fc.asyncProperty(fc.commands(commands, { maxCommands: 40 }), async (run) => {
      const dir = await tempDir()
      const database = await databaseFor(dir.path)
      const settings = { database: database.address, encryptionKeys: new Secret([KEY]) }
      const store = await openStore(settings, database.time)
      await database.setTime(NOON)
      try {
        await fc.asyncModelRun(
          () => ({ model: new Model(), real: { store, setTime: database.setTime } }),
          run,
        )
      } finally {
        await store.close()
        await database.remove()
        await dir.remove()
      }
    }),
    { numRuns: 15 },
  )
}, 600_000)
