import type { Monotonic } from '../shared/clock.ts'
import { shortMemory } from '../shared/short-memory.ts'
import type { ResolvedKey } from './key.ts'

/** Opens the apiKey of a key. */
type Open = (sealed: string, key: ResolvedKey) => string

/** Keys that were looked up a moment ago, with their apiKeys opened. */
export interface OpenedKeys {
  /**
   * What was found, with an apiKey that is opened once, when somebody asks for it. What is found again as it was is the same object:
   * what was made of it need not be made again.
   */
  of: (crmKeyHash: string, found: ResolvedKey) => ResolvedKey
  /** The crmKey does not resolve any more. */
  forget: (crmKeyHash: string) => void
  /** The CRM account was disconnected. */
  forgetAccount: (crmAccountId: string) => void
}

interface Remembered {
  found: ResolvedKey
  key: ResolvedKey
  /** Once it was opened. It stands here alone: who keeps the key keeps no secret with it. */
  apiKey?: string
}

/**
 * Nothing of it could be out of date: it is given for what has just been found, and for nothing else. To open takes longer than to
 * find. `monotonic`: milliseconds.
 */
export function openedKeys(open: Open, monotonic?: Monotonic, most?: number): OpenedKeys {
  const opened = shortMemory<Remembered>(monotonic, most)
  const apiKeyOf = (crmKeyHash: string, found: ResolvedKey) => {
    const sealed = found.apiKey()
    if (sealed === null) return null
    const known = opened.get(crmKeyHash)
    return known?.found === found ? (known.apiKey ??= open(sealed, found)) : open(sealed, found)
  }
  return {
    of(crmKeyHash, found) {
      const known = opened.get(crmKeyHash)
      if (known && isSame(known.found, found)) return known.key
      const key = { ...found, apiKey: () => apiKeyOf(crmKeyHash, found) }
      opened.set(crmKeyHash, { found, key })
      return key
    },
    forget: opened.delete,
    forgetAccount(crmAccountId) {
      for (const [crmKeyHash, { found }] of opened.entries())
        if (found.crmAccountId === crmAccountId) opened.delete(crmKeyHash)
    },
  }
}

/** An engine may yield the same object again, or the same values in another one. */
const isSame = (one: ResolvedKey, other: ResolvedKey) =>
  one === other ||
  (one.generationId === other.generationId &&
    one.apiKey() === other.apiKey() &&
    one.keyStatus === other.keyStatus &&
    one.crmAccountName === other.crmAccountName &&
    one.wazzupAccountId === other.wazzupAccountId &&
    one.crmAccountId === other.crmAccountId &&
    one.connectionId === other.connectionId &&
    one.generation === other.generation)
