import { SealError, type Place, type Sealer } from '../crypto/sealer.ts'
import type { Attempt, Exchange, Store } from './port.ts'

/**
 * Wraps an engine so that what must not lie open in a database is sealed before it goes in and opened when it comes
 * out. The engine below sees only texts; the flows above see only values. Each value is bound to its row.
 */
export function sealStore(engine: Store, sealer: Sealer): Store {
  return {
    ...engine,
    attempts: sealAttempts(engine.attempts, sealer),
    exchanges: sealExchanges(engine.exchanges, sealer),
    keys: {
      async find(crmKeyHash, now) {
        const key = await engine.keys.find(crmKeyHash, now)
        return key && { ...key, apiKey: open(sealer, key.apiKey, apiKeyOf(key.generationId)) }
      },
    },
    parked: {
      put: (parked) =>
        engine.parked.put({ ...parked, answer: sealer.seal(parked.answer, parkedAnswer(parked.idHash)) }),
      find: async (idHash, now) => open(sealer, await engine.parked.find(idHash, now), parkedAnswer(idHash)),
    },
  }
}

function sealAttempts(attempts: Store['attempts'], sealer: Sealer): Store['attempts'] {
  const opened = (attempt: Attempt): Attempt => ({
    ...attempt,
    state: open(sealer, attempt.state, stateOfAttempt(attempt.id)),
    login: open(sealer, attempt.login, loginOf(attempt.id)),
  })
  return {
    open: (attempt) =>
      attempts.open({ ...attempt, state: sealer.seal(attempt.state, stateOfAttempt(attempt.id)) }),
    async find(id) {
      const attempt = await attempts.find(id)
      return attempt && opened(attempt)
    },
    move(id, move, now) {
      const login = move.set?.login
      if (typeof login !== 'string') return attempts.move(id, move, now)
      return attempts.move(id, { ...move, set: { ...move.set, login: sealer.seal(login, loginOf(id)) } }, now)
    },
  }
}

function sealExchanges(exchanges: Store['exchanges'], sealer: Sealer): Store['exchanges'] {
  // A damaged row has nothing to send any more: its exchange must end, not block those behind it.
  const readable = (sealed: string | null, at: Place) => {
    try {
      return open(sealer, sealed, at)
    } catch (error) {
      if (error instanceof SealError) return null
      throw error
    }
  }
  const opened = (exchange: Exchange): Exchange => ({
    ...exchange,
    state: readable(exchange.state, stateOfGeneration(exchange.generationId)),
    crmKey: readable(exchange.crmKey, crmKeyOf(exchange.generationId)),
  })
  const openedOrNull = (exchange: Exchange | null) => exchange && opened(exchange)
  return {
    ...exchanges,
    async claim(exchange) {
      const result = await exchanges.claim({
        ...exchange,
        state: sealer.seal(exchange.state, stateOfGeneration(exchange.generationId)),
        crmKey: sealer.seal(exchange.crmKey, crmKeyOf(exchange.generationId)),
      })
      return result.kind === 'claimed' ? { ...result, exchange: opened(result.exchange) } : result
    },
    reclaim: async (...args) => openedOrNull(await exchanges.reclaim(...args)),
    claimDue: async (...args) => openedOrNull(await exchanges.claimDue(...args)),
    find: async (stateHash) => openedOrNull(await exchanges.find(stateHash)),
    record: (connected) =>
      exchanges.record({
        ...connected,
        apiKey: sealer.seal(connected.apiKey, apiKeyOf(connected.generationId)),
      }),
  }
}

const open = (sealer: Sealer, sealed: string | null, place: Place) =>
  sealed === null ? null : sealer.open(sealed, place)

const place = (table: string, column: string) => (row: string) => ({ table, row, column })
const stateOfAttempt = place('attempts', 'state')
const loginOf = place('attempts', 'login')
const stateOfGeneration = place('exchanges', 'state')
const crmKeyOf = place('generations', 'crm_key')
const apiKeyOf = place('generations', 'api_key')
const parkedAnswer = place('parked', 'answer')
