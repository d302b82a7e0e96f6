import type { ChangeCommit, ClaimedChanges } from '../store/port.ts'
import type { Users } from '../upload/room.ts'
import { holdClaim, type Hold } from '../upload/hold.ts'
import { LEASE } from '../upload/turn.ts'
import type { ChangeDeps } from './deps.ts'

/** One runner's time with the changes of one connection. */
export interface Turn extends Pick<Hold, 'mayGoOn' | 'isOver'> {
  claim: ClaimedChanges
  apiKey: string
  /** Unusable answers since the last progress. */
  tries: () => number
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
  const hold = holdClaim({ began, monotonic, renew: () => store.changes.renew(claim, LEASE) })
  return {
    claim,
    apiKey,
    tries: () => tries,
    mayGoOn: hold.mayGoOn,
    isOver: hold.isOver,
    async commit(done) {
      const committed = await hold.write(() => store.changes.commit(claim, { ...done, lease: LEASE }))
      tries = 0
      if (committed !== 'gone') meter.rows(done.kind, done.op, done)
      return committed === 'goes_on'
    },
  }
}
