import { digest } from '../../src/crypto/digest.ts'
import type { ResolvedKey, Store } from '../../src/store/port.ts'
import type { Actor } from './scheduler.ts'

/** A crmKey that was made, with all that the simulation knows of it. */
export interface Key {
  name: string
  crmKey: string
  state: string
  account: string
  wazzupAccount: string
  /** In the order of the commits. */
  number: number
  /** When somebody decided, by the clock of the store: the claim, or the last time that it was pressed again. */
  decided: number
  /** In the order in which Wazzup accepted them, whoever was told; null when it has not. */
  accepted: number | null
  /** Which replicas were handed an apiKey for it, and whether they have come to record it. */
  deliveries: { apiKey: string; to: Actor; committed: boolean }[]
  /** Its CRM account was disconnected after it was made. */
  disconnected: boolean
  /** A look-up has shown an apiKey. */
  hadApiKey: boolean
}

/** What a look-up says of a crmKey. */
export interface Seen {
  status: 'pending' | 'current' | 'previous'
  account: string
  generation: number
  apiKey: string | null
}

export const showSeen = (seen: Seen | null | undefined): string =>
  seen ? `${seen.status} of ${seen.account}, ${seen.apiKey ?? 'no apiKey'}` : 'nothing'

/** Looks up every crmKey that was ever made; null where nothing resolves. */
export async function lookUpAll(store: Pick<Store, 'keys'>, keys: readonly Key[]): Promise<(Seen | null)[]> {
  return Promise.all(
    keys.map(async ({ crmKey }) => {
      const found = await store.keys.find(digest(crmKey))
      return found && toSeen(found)
    }),
  )
}

/** @throws SealError */
export function toSeen(found: ResolvedKey): Seen {
  const { keyStatus: status, crmAccountId: account, generation } = found
  return { status, account, generation, apiKey: found.apiKey() }
}
