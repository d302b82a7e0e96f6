import type { Database } from 'better-sqlite3'
import { systemMonotonic } from '../../shared/clock.ts'
import { shortMemory } from '../../shared/short-memory.ts'
import type { ResolvedKey } from '../key.ts'
import type { FindAll } from './batch-reads.ts'

/** Keys that are remembered; some 30 MB. */
const MOST = 50_000

/** What a search has found. */
export interface FoundKey {
  key: ResolvedKey
  /** No moment comes at which it ends by itself. */
  lasts: boolean
}

/**
 * The same search, which is not made again for a key that it has found: for as long as the database names one version of all that
 * look-ups tell. It names another one after each change, by any process (migration 017). One short read asks for the name, for
 * all keys that are asked for in a tick; a search is as long for each of them. ApiKeys are remembered as they lie in the database: sealed.
 */
export function rememberKeys(
  db: Database,
  search: FindAll<string, FoundKey | null>,
  most = MOST,
): FindAll<string, ResolvedKey | null> {
  const versionOf = askVersion(db)
  // What was erased is not kept for longer either, where nobody asks.
  const known = shortMemory<ResolvedKey>(systemMonotonic, most)
  let version: number | null = null

  function searchFor(crmKeyHashes: readonly string[], found: (ResolvedKey | null)[]) {
    const missing = crmKeyHashes.filter((_hash, i) => !found[i])
    const results = search(missing)
    let next = 0
    for (const [i, crmKeyHash] of crmKeyHashes.entries()) {
      if (found[i]) continue
      const result = results[next++] ?? null
      found[i] = result && result.key
      if (result?.lasts && version !== null) known.set(crmKeyHash, result.key)
    }
  }

  return (crmKeyHashes) => {
    // Before the search: a change between the two is noticed the next time.
    const named = versionOf()
    if (named !== version) known.clear()
    version = named
    const found = crmKeyHashes.map((crmKeyHash) => known.get(crmKeyHash) ?? null)
    if (found.includes(null)) searchFor(crmKeyHashes, found)
    return found
  }
}

/** @returns null where there is none: the migration of a later release has taken it away, and nothing is remembered */
function askVersion(db: Database): () => number | null {
  const select = db.prepare<[], number>('SELECT version FROM look_up_version').pluck()
  return () => {
    try {
      return select.get() ?? null
    } catch (error) {
      if (error instanceof Error && /^no such table: /.test(error.message)) return null
      throw error
    }
  }
}
