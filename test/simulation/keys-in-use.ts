import { randomBytes } from 'node:crypto'
import { createKeyRing, type KeyRing } from '../../src/crypto/key-ring.ts'
import { needsAnotherKey } from '../../src/crypto/sealer.ts'
import { GIVE_UP_AFTER } from '../../src/store/exchange.ts'
import type { ClaimedExchange, ResolvedKey } from '../../src/store/port.ts'
import { showSeen, toSeen, type Seen } from './looked-up.ts'
import type { Call } from './oracle.ts'
import type { Trace } from './trace.ts'

/** Ids of encryption keys: the first seals, all open. */
export type KeyIds = readonly string[]

/** More than a run needs: each rotation takes the next one. */
export const KEY_IDS: KeyIds = ['k1', 'k2', 'k3', 'k4']

const KEYS = KEY_IDS.map((id) => ({ id, key: randomBytes(32) }))

/** What the service makes of `ENCRYPTION_KEYS`. */
export const ringOf = (ids: KeyIds): KeyRing =>
  createKeyRing(ids.flatMap((id) => KEYS.filter((key) => key.id === id)))

/** Watches which encryption keys the database has noted, and what is said by those who lack one of them. */
export interface KeysInUse {
  /** Whether one of them is not among these. */
  areLackedBy(keys: KeyIds): boolean
  /** Whether somebody with these keys may meet this error: they lack a key, and it says so. */
  mayBeThrown(error: unknown, keys: KeyIds): boolean
  /**
   * What is wrong with what a call has come to; null when all is well.
   * @param seenOf what the look-up of a crmKey says where no key is missing
   */
  problemOf(call: Call, result: unknown, seenOf: (crmKeyHash: unknown) => Seen | null): string | null
}

export function createKeysInUse(trace: Trace): KeysInUse {
  const inUse = new Set<string>()
  const areLackedBy = (keys: KeyIds) => [...inUse].some((id) => !keys.includes(id))
  const mayBeThrown = (error: unknown, keys: KeyIds) => needsAnotherKey(error) && areLackedBy(keys)

  /** A replica says what all say, or that it lacks the key: never that there is nothing. */
  function problemOfLookUp(found: ResolvedKey | null, seen: Seen | null, by: KeyIds) {
    trace.count('look-ups')
    try {
      const [says, should] = [found && toSeen(found), seen].map(showSeen)
      return says === should ? null : `a look-up says ${says ?? ''}, and not ${should ?? ''}`
    } catch (error) {
      if (!mayBeThrown(error, by)) return `a look-up throws ${String(error)}`
      trace.count('look-ups that need another key')
      return null
    }
  }

  function problemOfTaken({ unreadable, stateHash, age }: ClaimedExchange, by: KeyIds) {
    if (!unreadable) return null
    if (!mayBeThrown(unreadable, by)) return `an exchange cannot be read: ${unreadable.message}`
    trace.count('exchanges that end unread')
    return age < GIVE_UP_AFTER ? `${trace.show(stateHash)} ends unread after ${age / 1000} s` : null
  }

  return {
    ...{ areLackedBy, mayBeThrown },
    problemOf({ name, args: [first], by }, result, seenOf) {
      if (name === 'sealingKeys.add') inUse.add((first as { id: string }).id)
      if (name === 'sealingKeys.remove') inUse.delete(String(first))
      if (name === 'keys.find') return problemOfLookUp(result as ResolvedKey | null, seenOf(first), by)
      const isTaken = /^exchanges\.(claimDue|reclaim)$/.test(name) && result !== null
      return isTaken ? problemOfTaken(result as ClaimedExchange, by) : null
    },
  }
}
