import type { ChangeCommit, ClaimedChanges } from '../store/port.ts'
import type { Users } from '../upload/room.ts'
import { LEASE, renewed, TURN } from '../upload/turn.ts'
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

/** `began`: before the claim was asked for. */
export function beginTurn(
  claim: ClaimedChanges,
  apiKey: string,
  { store, monotonic, meter, began }: Pick<ChangeDeps, 'store' | 'monotonic' | 'meter'> & { began: number },
): Turn {
  let { tries } = claim
  // What was taken or written a moment ago needs no second look; after a stall somebody else may have it.
  let freshUntil = began + TURN
  return {
    claim,
    apiKey,
    tries: () => tries,
    async mayGoOn() {
      const holds =
        monotonic() < freshUntil || (await renewed(() => store.changes.renew(claim, LEASE), monotonic))
      freshUntil = 0
      return holds
    },
    isOver: () => monotonic() - began >= TURN,
    async commit(done) {
      const asked = monotonic()
      const committed = await store.changes.commit(claim, { ...done, lease: LEASE })
      const goesOn = committed === 'goes_on'
      tries = 0
      freshUntil = goesOn ? asked + TURN : 0
      if (committed !== 'gone') meter.rows(done.kind, done.op, done)
      return goesOn
    },
  }
}
