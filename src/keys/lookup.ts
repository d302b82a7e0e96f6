import { digest } from '../crypto/digest.ts'
import type { KeyStore, ResolvedKey } from '../store/port.ts'

/**
 * Finds the connection that a crmKey belongs to; null for one that never was, has ended, or is no key at all.
 * @throws StoreUnavailable: it is then not known whether the key is good
 */
export type Lookup = (crmKey: string) => Promise<ResolvedKey | null>

/**
 * Every key, whatever it looks like, takes the same way: one digest, one search of one index. There is no cache: the
 * search takes microseconds, and a cache would go on answering after another replica has disconnected the customer.
 */
export const createLookup =
  (keys: Pick<KeyStore, 'find'>): Lookup =>
  (crmKey) =>
    keys.find(digest(crmKey))
