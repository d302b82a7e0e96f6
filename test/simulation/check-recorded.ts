import { digest } from '../../src/crypto/digest.ts'
import type { Exchange, Store } from '../../src/store/port.ts'
import type { Key, Seen } from './looked-up.ts'
import type { Trace } from './trace.ts'

/** An apiKey that was to be written down. */
export interface Recorded {
  key: Key
  keys: readonly Key[]
  apiKey: string | null
  /** What the look-ups said before and say now, in the order of the keys. */
  before: readonly (Seen | null)[]
  seen: readonly (Seen | null)[]
  /** How far the exchange had got before. */
  exchange: Exchange | null
}

/**
 * A key that is shown is the one that was written down; and it does not come forward while a newer claim of its CRM
 * account is open. Null when all is well.
 */
export async function problemOfRecorded(recorded: Recorded, store: Store): Promise<string | null> {
  const { key, keys, apiKey, before, seen } = recorded
  const [was, now] = [before[keys.indexOf(key)], seen[keys.indexOf(key)]]
  if (now?.apiKey !== apiKey && now?.apiKey !== was?.apiKey)
    return `${key.name} was recorded, and its look-up has another apiKey`
  if (now?.status !== 'current' || was?.status === 'current') return null
  for (const newer of keys) {
    if (newer.account !== key.account || newer.number <= key.number) continue
    const exchange = await store.exchanges.find(digest(newer.state))
    if (exchange?.status === 'pending')
      return `${key.name} of ${key.account} becomes current while the newer ${newer.name} is open`
  }
  return null
}

/** Counts what it was: a first one, a reconnect, a move, a take-over; in time or late. */
export function countRecorded({ key, keys, apiKey, before, exchange }: Recorded, trace: Trace): void {
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
