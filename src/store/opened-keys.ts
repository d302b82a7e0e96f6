import { systemMonotonic, type Monotonic } from '../shared/clock.ts'
import { shortMemory } from '../shared/short-memory.ts'

/** Values that are remembered; some 25 MB. */
const MOST = 50_000

interface Opened {
  sealed: string
  crmAccountId: string
  apiKey: string
}

/** What an opened apiKey was opened from. */
interface From {
  crmKeyHash: string
  crmAccountId: string
  sealed: string
}

/** ApiKeys that were opened for look-ups a moment ago. */
export interface OpenedKeys {
  /** Opens one, or finds it opened. */
  open(from: From, open: () => string): string
  /** The crmKey does not resolve any more. */
  forget: (crmKeyHash: string) => void
  /** The CRM account was disconnected. */
  forgetAccount: (crmAccountId: string) => void
}

/**
 * Remembers what was opened last: the same text of the same crmKey opens to the same, so there is nothing that could be
 * out of date, and opening takes longer than finding. `monotonic`: milliseconds.
 */
export function openedKeys(monotonic: Monotonic = systemMonotonic, most = MOST): OpenedKeys {
  const opened = shortMemory<Opened>(monotonic, most)
  return {
    open({ crmKeyHash, crmAccountId, sealed }, open) {
      const known = opened.get(crmKeyHash)
      if (known?.sealed === sealed) return known.apiKey
      const apiKey = open()
      opened.set(crmKeyHash, { sealed, crmAccountId, apiKey })
      return apiKey
    },
    forget: opened.delete,
    forgetAccount(crmAccountId) {
      for (const [crmKeyHash, one] of opened.entries())
        if (one.crmAccountId === crmAccountId) opened.delete(crmKeyHash)
    },
  }
}
