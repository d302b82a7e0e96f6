/** What this process has seen of the receiver since it last took an event. */
export interface Standing {
  /** True once, at the start: nothing is known yet. */
  isNew(): boolean
  /** It has not taken one of this connection. */
  refused(connectionId: string): void
  /** It has taken one. True when it was away before: then nothing needs to pause any longer. */
  isBack(): boolean
}

/**
 * One event that is refused while others are taken says nothing of the others. Refusals for two connections, with nothing
 * taken between them, say that the receiver is away.
 */
export function createStanding(): Standing {
  let [isNew, isAway] = [true, false]
  const refused = new Set<string>()
  return {
    isNew() {
      const was = isNew
      isNew = false
      return was
    },
    refused(connectionId) {
      if (refused.size < 2) refused.add(connectionId)
      if (refused.size === 2) isAway = true
    },
    isBack() {
      const was = isAway
      isAway = false
      refused.clear()
      return was
    },
  }
}
