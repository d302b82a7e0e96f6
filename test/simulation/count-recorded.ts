import type { Exchange } from '../../src/store/port.ts'
import type { Key, Seen } from './looked-up.ts'
import type { Trace } from './trace.ts'

interface Recorded {
  key: Key
  keys: readonly Key[]
  /** What the look-ups said before, in the order of the keys. */
  before: readonly (Seen | null)[]
  apiKey: string | null
  /** How far the exchange had got before. */
  exchange: Exchange | null
}

/** Counts what a recorded apiKey was: a first one, a reconnect, a move, a take-over; in time or late. */
export function countRecorded({ key, keys, before, apiKey, exchange }: Recorded, trace: Trace): void {
  trace.count('keys recorded')
  if (exchange?.status === 'failed') trace.count('late keys')
  for (const [i, other] of keys.entries()) {
    const was = before[i]
    if (other === key || !was) continue
    const mine = other.account === key.account
    if (mine && was.status === 'current')
      trace.count(other.wazzupAccount === key.wazzupAccount ? 'reconnects' : 'moves')
    if (!mine && was.apiKey === apiKey) trace.count('take-overs')
  }
}
