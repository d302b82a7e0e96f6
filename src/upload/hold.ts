import { seconds, type Monotonic } from '../shared/clock.ts'
import type { Committed } from '../store/port.ts'

/** After this long the other customers have their turn: a large account does not keep a small one waiting. */
export const TURN = seconds(3)

/** A claim in the hand of its runner. */
export interface Hold {
  /** Asked before every request: whether the claim still holds. It is lengthened by that once a quarter of it has passed. */
  mayGoOn: () => Promise<boolean>
  isOver: () => boolean
  /** Writes progress down, which lengthens the claim in the same way. */
  write: (commit: () => Promise<Committed>) => Promise<Committed>
}

interface Terms {
  /** Before the claim was asked for. */
  began: number
  monotonic: Monotonic
  /** Lengthens the lease; false when the claim is gone. */
  renew: () => Promise<boolean>
}

/** What was taken or written a moment ago needs no second look; after a stall somebody else may have it. */
export function holdClaim({ began, monotonic, renew }: Terms): Hold {
  let freshUntil = began + TURN
  return {
    async mayGoOn() {
      const holds = monotonic() < freshUntil || (await renewed(renew, monotonic))
      freshUntil = 0
      return holds
    },
    isOver: () => monotonic() - began >= TURN,
    async write(commit) {
      const asked = monotonic()
      const committed = await commit()
      freshUntil = committed === 'goes_on' ? asked + TURN : 0
      return committed
    },
  }
}

/** An answer that took long is asked for once more: by now somebody else may have the claim. */
async function renewed(renew: Terms['renew'], monotonic: Monotonic): Promise<boolean> {
  for (;;) {
    const asked = monotonic()
    if (!(await renew())) return false
    if (monotonic() - asked < TURN) return true
  }
}
