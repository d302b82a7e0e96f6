import type { Logger } from '../observability/logger.ts'
import type { Settings } from '../settings.ts'
import { noteSealingKey } from '../store/check-keys.ts'
import { createClockWatch, type ClockWatch } from '../store/clock-watch.ts'
import { createInstallsWatch, type InstallsWatch } from '../store/installs-watch.ts'
import { createKeyWatch, type KeyWatch } from '../store/key-watch.ts'
import type { Store } from '../store/port.ts'
import { withKeys } from '../store/with-keys.ts'
import type { Environment } from './environment.ts'

/** What this process and its database have to agree on. */
export interface Watch {
  keys: KeyWatch
  clock: ClockWatch
  /**
   * Looks at both for the first time.
   * @throws StoreUnusable when this process lacks an encryption key
   */
  begin: () => Promise<void>
  /** Looks at both. */
  look: () => Promise<void>
  /** Looked at more often. */
  installs: InstallsWatch
}

export function createWatch(
  settings: Settings,
  { store, log }: { store: Store; log: Logger },
  { replica: name, random, clock, monotonic }: Environment,
): Watch {
  const { keyRing, sealer } = withKeys(settings)
  const own = { name, id: random(8), keys: [...keyRing.opening.keys()] }
  const keys = createKeyWatch(store, own, { log, note: () => noteSealingKey(store, keyRing, sealer) })
  const clockWatch = createClockWatch(store, { clock, monotonic, log })
  return {
    keys,
    clock: clockWatch,
    installs: createInstallsWatch(store, log),
    async begin() {
      await keys.begin()
      await clockWatch.look()
    },
    async look() {
      await keys.look()
      await clockWatch.look()
    },
  }
}
