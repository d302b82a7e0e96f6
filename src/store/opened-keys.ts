import { minutes, seconds, systemMonotonic, type Monotonic } from '../shared/clock.ts'

/** Values that are remembered; some 25 MB. */
const MOST = 50_000

/** An opened apiKey is in memory for so long at most: a secret does not outlive its row for longer. */
export const OPENED_LIFE = minutes(1)

/** How often what is too old is thrown away. What nobody asks for would stay, otherwise. */
const SWEEP = seconds(10)

interface Opened {
  /** By the monotonic clock. */
  at: number
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
  // In the order in which they were opened, which is the order in which they go. Nothing is moved when it is found: every webhook asks.
  const opened = new Map<string, Opened>()
  const isOld = ({ at }: Opened) => monotonic() - at >= OPENED_LIFE - SWEEP
  let sweeping: NodeJS.Timeout | null = null

  const sweepLater = () => (sweeping ??= setTimeout(sweep, SWEEP).unref())
  function sweep() {
    sweeping = null
    for (const [crmKeyHash, one] of opened) {
      if (!isOld(one)) break
      opened.delete(crmKeyHash)
    }
    if (opened.size > 0) sweepLater()
  }
  function remember(crmKeyHash: string, one: Opened) {
    opened.delete(crmKeyHash)
    const [oldest] = opened.size >= most ? opened.keys() : []
    if (oldest !== undefined) opened.delete(oldest)
    opened.set(crmKeyHash, one)
    sweepLater()
  }

  return {
    open({ crmKeyHash, crmAccountId, sealed }, open) {
      const known = opened.get(crmKeyHash)
      if (known?.sealed === sealed && !isOld(known)) return known.apiKey
      const apiKey = open()
      remember(crmKeyHash, { at: monotonic(), sealed, crmAccountId, apiKey })
      return apiKey
    },
    forget: (crmKeyHash) => void opened.delete(crmKeyHash),
    forgetAccount(crmAccountId) {
      for (const [crmKeyHash, one] of opened) if (one.crmAccountId === crmAccountId) opened.delete(crmKeyHash)
    },
  }
}
