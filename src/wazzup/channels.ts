import { seconds } from '../shared/clock.ts'
import type { AuthorizedCall } from './authorized-call.ts'

/** What trying an apiKey has shown. `unknown`: Wazzup gave no usable answer. */
export type KeyHealth = {
  health: 'valid' | 'invalid' | 'unknown'
  status: number | null
  code: string | null
}

export type ProbeKey = (apiKey: string) => Promise<KeyHealth>

const LIMITS = { deadline: seconds(10), maxAnswer: 1024 * 1024 }

/** The cheapest read that every kind of key may make (fact sheet, 10): its answer grows with the channels only. */
export const createKeyProbe =
  (call: AuthorizedCall): ProbeKey =>
  async (apiKey) => {
    const outcome = await call({ method: 'GET', path: '/v3/channels', apiKey, ...LIMITS })
    const { status } = outcome
    const code = 'code' in outcome ? outcome.code : null
    if (outcome.kind === 'done') return { health: 'valid', status, code }
    const refused = outcome.kind === 'key_refused' || outcome.kind === 'forbidden'
    return { health: refused ? 'invalid' : 'unknown', status, code }
  }
