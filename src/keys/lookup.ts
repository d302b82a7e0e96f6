import { digest } from '../crypto/digest.ts'
import type { Monotonic } from '../shared/clock.ts'
import { shortMemory } from '../shared/short-memory.ts'
import type { KeyStore, ResolvedKey } from '../store/port.ts'

/**
 * Finds the connection that a crmKey belongs to; null for one that never was, has ended, or is no key at all.
 * @throws StoreUnavailable: it is then not known whether the key is good
 */
export type Lookup = (crmKey: string) => Promise<ResolvedKey | null>

/**
 * Every key, whatever it looks like, takes the same way: its digest, and a question to the store, which answers nothing that is
 * out of date: another replica may have disconnected the customer. What was found before has its digest from then, as to make one
 * takes a fifth of all that a look-up does.
 */
export function createLookup(keys: Pick<KeyStore, 'find'>, monotonic?: Monotonic): Lookup {
  const digests = shortMemory<string>(monotonic)
  return (crmKey) => {
    const known = digests.get(crmKey)
    if (known !== undefined) return keys.find(known)
    const crmKeyHash = digest(crmKey)
    return keys.find(crmKeyHash).then((key) => {
      if (key) digests.set(crmKey, crmKeyHash)
      return key
    })
  }
}
