import type { Logger } from '../observability/logger.ts'
import type { Settings } from '../settings.ts'
import { createClockWatch, type ClockWatch } from '../store/clock-watch.ts'
import { createInstallsWatch, type InstallsWatch } from '../store/installs-watch.ts'
import { createKeyWatch, type KeyWatch } from '../store/key-watch.ts'
import type { Store } from '../store/port.ts'
import type { Environment } from './environment.ts'

/** What this process and its database have to agree on. */
export interface Watch {
  keys: KeyWatch
  clock: ClockWatch
  /** Looks at both. */
  look: () => Promise<void>
  /** Looked at more often. */
  installs: InstallsWatch
}

export function createWatch(
  { encryptionKeys }: Settings,
  { store, log }: { store: Store; log: Logger },
  { replica: name, random, clock, monotonic }: Environment,
): Watch {
  const ids = encryptionKeys.reveal().map(({ id }) => id)
  const keys = createKeyWatch(store, { name, id: random(8), keys: ids }, log)
  const clockWatch = createClockWatch(store, { clock, monotonic, log })
  return {
    keys,
    clock: clockWatch,
    installs: createInstallsWatch(store, log),
    async look() {
      await keys.look()
      await clockWatch.look()
    },
  }
}
