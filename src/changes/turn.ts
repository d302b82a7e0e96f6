import type { ChangeCommit, ClaimedChanges } from '../store/port.ts'
import type { Users } from '../upload/room.ts'
import { LEASE, TURN } from '../upload/turn.ts'
import type { ChangeDeps } from './deps.ts'

/** One runner's time with the changes of one connection. */
export interface Turn {
  claim: ClaimedChanges
  apiKey: string
  /** Unusable answers since the last progress. */
  tries: () => number
  /** Asked before every request: whether the claim still holds. It is lengthened by that. */
  mayGoOn: () => Promise<boolean>
  isOver: () => boolean
  /** Writes down what has become of some; false when the claim is gone. */
  commit: (done: Omit<ChangeCommit, 'lease'>) => Promise<boolean>
  /** Whom Wazzup has, once somebody had to know. */
  users?: Users
}

export function beginTurn(
  claim: ClaimedChanges,
  apiKey: string,
  { store, monotonic, meter }: Pick<ChangeDeps, 'store' | 'monotonic' | 'meter'>,
): Turn {
  const began = monotonic()
  let { tries } = claim
  // What was taken or written a moment ago needs no second look.
  let isFresh = true
  return {
    claim,
    apiKey,
    tries: () => tries,
    async mayGoOn() {
      const holds = isFresh || (await store.changes.renew(claim, LEASE))
      isFresh = false
      return holds
    },
    isOver: () => monotonic() - began >= TURN,
    async commit(done) {
      const committed = await store.changes.commit(claim, { ...done, lease: LEASE })
      tries = 0
      isFresh = committed === 'goes_on'
      if (committed !== 'gone') meter.rows(done.kind, done.op, done)
      return isFresh
    },
  }
}
