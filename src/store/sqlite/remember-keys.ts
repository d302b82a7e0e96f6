import type { Database } from 'better-sqlite3'
import { shortMemory } from '../../shared/short-memory.ts'
import type { ResolvedKey } from '../key.ts'
import type { FindAll } from './batch-reads.ts'

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
  most?: number,
): FindAll<string, ResolvedKey | null> {
  const versionOf = askVersion(db)
  // What was erased is not kept for longer either, where nobody asks.
  const known = shortMemory<ResolvedKey>(undefined, most)
  let version: number | null = null

  function learn(crmKeyHash: string, result: FoundKey | null): ResolvedKey | null {
    if (result?.lasts && version !== null) known.set(crmKeyHash, result.key)
    return result && result.key
  }

  return (crmKeyHashes) => {
    // Before the search: a change between the two is noticed the next time.
    const named = versionOf()
    if (named !== version) known.clear()
    version = named
    const found = crmKeyHashes.map((crmKeyHash) => known.get(crmKeyHash) ?? null)
    if (!found.includes(null)) return found
    const results = search(crmKeyHashes.filter((_hash, i) => !found[i])).values()
    return crmKeyHashes.map((crmKeyHash, i) => found[i] ?? learn(crmKeyHash, results.next().value ?? null))
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
