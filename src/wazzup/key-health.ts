import { seconds } from '../shared/clock.ts'
import type { AuthorizedCall } from './authorized-call.ts'
import type { Call } from './client.ts'

/** What trying an apiKey has shown. `unknown`: Wazzup gave no usable answer; `heldBack`: nobody has asked it. */
export interface KeyHealth {
  health: 'valid' | 'invalid' | 'unknown'
  status: number | null
  code: string | null
  heldBack?: number
}

export type ProbeKey = (apiKey: string) => Promise<KeyHealth>

/** The cheapest read that every kind of key may make (fact sheet, 10): its answer grows with the channels only. */
const CHEAPEST: Call = {
  ...{ method: 'GET', path: '/v3/channels', deadline: seconds(10), maxAnswer: 1024 * 1024 },
}

/** @param call one that confirms refusals: a key is `invalid` when it was refused twice */
export const createKeyProbe =
  (call: AuthorizedCall): ProbeKey =>
  async (apiKey) => {
    const outcome = await call({ ...CHEAPEST, apiKey })
    const { status } = outcome
    const code = 'code' in outcome ? outcome.code : null
    if (outcome.kind === 'done') return { health: 'valid', status, code }
    if (outcome.kind === 'key_refused') return { health: 'invalid', status, code }
    const heldBack = outcome.kind === 'unavailable' ? outcome.heldBack : undefined
    return { health: 'unknown', status, code, ...(heldBack !== undefined && { heldBack }) }
  }

/**
 * The same call, but a 401 or 403 is believed only when the cheapest read is refused as well, at once: one may be a mistake, and
 * which of them a closed key gets is written nowhere. A 403 is about the route alone when that read is answered.
 */
export const confirmingRefusals =
  (call: AuthorizedCall): AuthorizedCall =>
  async (request) => {
    const outcome = await call(request)
    if (outcome.kind !== 'key_refused' && outcome.kind !== 'forbidden') return outcome
    const { apiKey, signal } = request
    const { kind } = await call({ ...CHEAPEST, apiKey, ...(signal && { signal }) })
    if (kind === 'key_refused' || kind === 'forbidden') return { ...outcome, kind: 'key_refused' }
    if (kind === 'done' && outcome.kind === 'forbidden') return outcome
    return { kind: 'unavailable', status: outcome.status, code: 'key_in_doubt', maybeDone: false }
  }
