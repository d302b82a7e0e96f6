import { needsAnotherKey, SealError, type Sealer } from '../crypto/sealer.ts'
import type { ResolvedKey } from './key.ts'
import type { Attempt, ClaimedExchange, SealedColumn, Store } from './port.ts'
import { openedKeys, type OpenedKeys } from './opened-keys.ts'
import { sealChanges, sealDeliveries, sealPersons } from './sealed-queues.ts'
import { placeOf, SEALED } from './sealed-columns.ts'
import { apiKeyOf, crmKeyOf, open, openLater, sealBoth, sealKey, type Opener } from './sealed-keys.ts'

/**
 * Wraps an engine so that what must not lie open in a database is sealed before it goes in and opened when it comes
 * out. The engine below sees only texts; the flows above see only values. Each value is bound to its row.
 */
export function sealStore(engine: Store, sealer: Sealer): Store {
  const opened = openedKeys(opening(sealer))
  return {
    ...engine,
    attempts: sealAttempts(engine.attempts, sealer),
    exchanges: sealExchanges(engine.exchanges, sealer),
    keys: sealKeys(engine.keys, sealer, opened),
    connections: {
      ...engine.connections,
      disconnect(crmAccountId, ...args) {
        opened.forgetAccount(crmAccountId)
        return engine.connections.disconnect(crmAccountId, ...args).finally(() => {
          opened.forgetAccount(crmAccountId)
        })
      },
      async claimProbe(...args) {
        const due = await engine.connections.claimProbe(...args)
        return due && sealKey(due, sealer)
      },
      persons: sealPersons((crmAccountId) => engine.connections.persons(crmAccountId), sealer),
    },
    uploads: sealUploads(engine.uploads, sealer),
    switchOffs: sealSwitchOffs(engine.switchOffs, sealer),
    deliveries: sealDeliveries(engine.deliveries, sealer),
    changes: sealChanges(engine.changes, sealer),
    parked: {
      put: (parked) =>
        engine.parked.put({ ...parked, answer: sealer.seal(parked.answer, parkedAnswer(parked.idHash)) }),
      find: async (idHash) => open(sealer, await engine.parked.find(idHash), parkedAnswer(idHash)),
    },
  }
}

/** The part of the store that webhook handlers need, for a sealed store and for one that is only read. */
export function sealKeys(
  keys: Store['keys'],
  sealer: Opener,
  opened: OpenedKeys = openedKeys(opening(sealer)),
): Store['keys'] {
  return {
    // Every webhook takes this way: one promise less each.
    find: (crmKeyHash) =>
      keys.find(crmKeyHash).then((found) => {
        if (found) return opened.of(crmKeyHash, found)
        opened.forget(crmKeyHash)
        return null
      }),
    async current(crmAccountId) {
      const key = await keys.current(crmAccountId)
      return key && sealKey(key, sealer)
    },
  }
}

const opening =
  (sealer: Opener) =>
  (sealed: string, { generationId }: ResolvedKey) =>
    sealer.open(sealed, apiKeyOf(generationId))

const sealUploads = (uploads: Store['uploads'], sealer: Opener): Store['uploads'] => ({
  ...uploads,
  async claimDue(...args) {
    const claim = await uploads.claimDue(...args)
    return claim && { ...claim, key: sealBoth(claim.key, sealer) }
  },
  async claimCheck(...args) {
    const check = await uploads.claimCheck(...args)
    return check && { ...check, key: sealKey(check.key, sealer) }
  },
})

function sealAttempts(attempts: Store['attempts'], sealer: Sealer): Store['attempts'] {
  const opened = (attempt: Attempt): Attempt => {
    const state = openLater(sealer, attempt.state, stateOfAttempt(attempt.id))
    const login = openLater(sealer, attempt.login, loginOf(attempt.id))
    return {
      ...attempt,
      get state() {
        return state()
      },
      get login() {
        return login()
      },
    }
  }
  return {
    ...attempts,
    open: (attempt, most) =>
      attempts.open({ ...attempt, state: sealer.seal(attempt.state, stateOfAttempt(attempt.id)) }, most),
    async find(id) {
      const attempt = await attempts.find(id)
      return attempt && opened(attempt)
    },
    move(id, move) {
      const login = move.set?.login
      if (typeof login !== 'string') return attempts.move(id, move)
      return attempts.move(id, { ...move, set: { ...move.set, login: sealer.seal(login, loginOf(id)) } })
    },
  }
}

function sealExchanges(exchanges: Store['exchanges'], sealer: Sealer): Store['exchanges'] {
  const opened = (exchange: ClaimedExchange): ClaimedExchange => ({
    ...exchange,
    state: open(sealer, exchange.state, stateOfGeneration(exchange.generationId)),
    crmKey: open(sealer, exchange.crmKey, crmKeyOf(exchange.generationId)),
  })
  // A damaged row has nothing to send any more: its exchange must end, not block those behind it. One that needs a key
  // which is not here comes this far only when its time is over.
  const readable = (exchange: ClaimedExchange | null) => {
    if (!exchange) return null
    try {
      return opened(exchange)
    } catch (error) {
      if (error instanceof SealError) return { ...exchange, state: null, crmKey: null, unreadable: error }
      throw error
    }
  }
  const peek = async (stateHash: string) => {
    const exchange = await exchanges.peek(stateHash)
    return exchange && opened(exchange)
  }
  return {
    ...exchanges,
    async claim(exchange) {
      const result = await exchanges.claim({
        ...exchange,
        state: sealer.seal(exchange.state, stateOfGeneration(exchange.generationId)),
        crmKey: sealer.seal(exchange.crmKey, crmKeyOf(exchange.generationId)),
      })
      if (result.kind !== 'claimed') return result
      const { state, crmKey } = exchange
      return { ...result, exchange: { ...result.exchange, state, crmKey } }
    },
    peek,
    async reclaim(stateHash, due) {
      // The person is told that another replica can do it; a damaged one is taken, to end it.
      await peek(stateHash).catch(throwIfElsewhere)
      return readable(await exchanges.reclaim(stateHash, { ...due, opens: sealer.opens }))
    },
    claimDue: async (due) => readable(await exchanges.claimDue({ ...due, opens: sealer.opens })),
    record: (connected) =>
      exchanges.record({
        ...connected,
        apiKey: sealer.seal(connected.apiKey, apiKeyOf(connected.generationId)),
      }),
  }
}

const sealSwitchOffs = (switchOffs: Store['switchOffs'], sealer: Opener): Store['switchOffs'] => ({
  ...switchOffs,
  async claimDue(lease) {
    const taken = await switchOffs.claimDue(lease)
    return taken && sealKey(taken, sealer)
  },
  heldBy: async (runner) => (await switchOffs.heldBy(runner)).map((taken) => sealKey(taken, sealer)),
})

function throwIfElsewhere(error: unknown) {
  if (!(error instanceof SealError) || needsAnotherKey(error)) throw error
}

const at = (column: SealedColumn) => (row: string) => placeOf(column, row)
const stateOfAttempt = at(SEALED.stateOfAttempt)
const loginOf = at(SEALED.login)
const stateOfGeneration = at(SEALED.stateOfExchange)
const parkedAnswer = at(SEALED.parkedAnswer)
