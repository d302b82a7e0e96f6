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
export const CHEAPEST: Call = {
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
