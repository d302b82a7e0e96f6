import type { Key, Seen } from './looked-up.ts'

/** What an operation of the store is about. */
export interface About {
  name: string
  account: string | null
  key: Key | null
  /** That becomes current: the one that is recorded, or that was kept until now. */
  apiKey: string | null
}

interface Change {
  key: Key
  before: Seen | null
  after: Seen | null
}

/**
 * Whether an operation may do this to what the look-up of a crmKey says: an operation on a generation never touches
 * another one. What is not listed here may not happen.
 */
export function mayChange(about: About, change: Change, holdsItNow: (account: string) => boolean): boolean {
  const { key, before, after } = change
  if (after && (after.account !== key.account || (before && after.generation !== before.generation)))
    return false
  // Wazzup has given the apiKey to somebody else: whoever had it must not use it any longer, and a connection whose
  // current key it was has ended.
  const isHolder = before?.apiKey === about.apiKey || holdsItNow(key.account)
  const isTaken = about.apiKey !== null && after === null && isHolder
  switch (about.name) {
    case 'exchanges.claim':
      return key === about.key && before === null && after?.status === 'pending'
    case 'exchanges.record':
      if (key === about.key) return before?.status === 'pending' && after?.apiKey === about.apiKey
      if (key.account === about.key?.account) return stepsBack(change)
      return isTaken
    case 'exchanges.fail':
      if (key === about.key) return before?.status === 'pending' && after === null
      if (key.account === about.key?.account) return stepsBack(change) || comesForward(change)
      return isTaken
    case 'connections.disconnect':
      return key.account === about.account && after === null
    case 'cleanUp':
      // Nobody came back to send it again, and nothing has happened at Wazzup.
      return before?.status === 'pending' && after === null && key.accepted === null
    default:
      return false
  }
}

/** A newer generation of the same CRM account has become current. */
const stepsBack = ({ before, after }: Change) =>
  before?.status === 'current' && after?.status === 'previous' && after.apiKey === before.apiKey

/** The newer one was refused, and an apiKey that was kept for this case becomes current. */
export const comesForward = ({ key, before, after }: Change) =>
  before?.status === 'pending' &&
  after?.status === 'current' &&
  key.deliveries.some(({ apiKey }) => apiKey === after.apiKey)
