import { digest } from '../crypto/digest.ts'
import type { Monotonic } from '../shared/clock.ts'
import { isOfProxy } from '../upstream/before-sending.ts'
import type { Gate, Sign } from '../upstream/gate.ts'
import type { Call, Exchanged, WazzupClient } from './client.ts'

export interface GatedClientOptions {
  gate: Gate
  /** The client's own, in milliseconds: the time at the gate counts. */
  deadline: number
  monotonic: Monotonic
  /** Hears of every call that the gate has held back. */
  rejectedByGate: (why: 'breaker_open' | 'too_many_calls') => void
}

/**
 * A client whose calls go through a gate. One that is not let through has certainly not been sent; nothing is ever sent
 * twice.
 */
export const createGatedClient = (
  client: WazzupClient,
  { gate, deadline, monotonic, rejectedByGate }: GatedClientOptions,
): WazzupClient => ({
  async send(call) {
    const began = monotonic()
    const pass = await gate.enter()
    if (pass.kind === 'refused') {
      rejectedByGate(pass.code)
      return { kind: 'no_answer', sent: false, code: pass.code, retryAfter: pass.wait }
    }
    const left = Math.ceil((call.deadline ?? deadline) - (monotonic() - began))
    const exchanged = await client.send({ ...call, deadline: Math.max(left, 1) })
    pass.done(signOf(exchanged, call), aboutOf(call))
    return exchanged
  },
  close: () => client.close(),
})

/** One customer's data, or key, or state, is evidence once: five customers in a row have to meet a Wazzup that is down. */
const aboutOf = ({ about, apiKey }: Call) => about ?? (apiKey === undefined ? undefined : digest(apiKey))

/** What a gateway says of a Wazzup that is not there; a 504 may be one row that it takes too long over. */
const DOWN = [502, 503]

/**
 * Only what speaks of Wazzup itself. A 500 or a silence to a call with an apiKey may be about one row of a customer's
 * (see `upload/send-narrowing.ts`), and one customer's data must not keep the others waiting.
 */
function signOf(exchanged: Exchanged, { apiKey, signal }: Call): Sign {
  if (exchanged.kind === 'no_answer') {
    const ofRows = apiKey !== undefined && exchanged.code === 'deadline'
    return signal?.aborted || ofRows || isOfProxy(exchanged.code) ? 'silent' : 'down'
  }
  const { status } = exchanged.answer
  if (status < 500) return 'up'
  return apiKey === undefined || DOWN.includes(status) ? 'down' : 'silent'
}
