import type { ChangeMeter } from '../observability/metrics.ts'
import type { Store } from '../store/port.ts'
import type { UploadDeps } from '../upload/deps.ts'
import type { Remove } from '../wazzup/remove.ts'

/** Of the upload: its rules, its measure per apiKey, and how it sends. */
type Shared =
  'readPhone' | 'upsert' | 'entities' | 'narrowings' | 'clock' | 'monotonic' | 'random' | 'jitter' | 'log'

export interface ChangeDeps extends Pick<UploadDeps, Shared> {
  store: Pick<Store, 'changes' | 'connections'>
  remove: Remove
  meter: ChangeMeter
}
