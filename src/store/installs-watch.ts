import type { Logger } from '../observability/logger.ts'
import { NEVER_PAUSED, type Installs } from './installs.ts'
import type { Store } from './port.ts'

export interface InstallsWatch {
  /** Asks the store again, and says in the log what has changed. */
  look: () => Promise<void>
  /** As at the last look that was answered. */
  known: () => Installs
}

/**
 * Knows whether new installs are paused. The store decides that by itself when an attempt is opened; this is for who asks
 * without it, and for when it gives no answer.
 */
export function createInstallsWatch(store: Pick<Store, 'installs'>, log: Logger): InstallsWatch {
  let known = NEVER_PAUSED
  return {
    async look() {
      const before = known
      known = await store.installs.read()
      const { paused, changedAt: since } = known
      if (paused === before.paused) return
      if (paused) log.warn({ event: 'installs.paused', since })
      else log.info({ event: 'installs.resumed', since })
    },
    known: () => known,
  }
}
