import type { CrmSource } from '../crm/port.ts'
import type { Logger } from '../observability/logger.ts'
import type { UploadMeter } from '../observability/metrics.ts'
import type { Jitter } from '../shared/backoff.ts'
import type { Clock, Monotonic } from '../shared/clock.ts'
import type { Random } from '../shared/random.ts'
import type { Store } from '../store/port.ts'
import type { Narrowings } from './narrowing.ts'
import type { Rooms } from './room.ts'
import type { ReadPhone } from './rules/phones.ts'
import type { Entities } from '../wazzup/entities.ts'
import type { Upsert } from '../wazzup/upsert.ts'
import type { Webhooks } from '../wazzup/webhooks.ts'

export interface UploadDeps {
  store: Pick<Store, 'uploads' | 'connections' | 'notes' | 'changes'>
  /** Null when the CRM exports nothing: then only the address is registered. */
  source: CrmSource | null
  /** By the country that the CRM is at home in. */
  readPhone: ReadPhone
  upsert: Upsert
  entities: Entities
  webhooks: Webhooks
  /** The address to register; null when none is. */
  webhooksUrl: URL | null
  clock: Clock
  monotonic: Monotonic
  random: Random
  jitter: Jitter
  log: Logger
  meter: UploadMeter
  narrowings: Narrowings
  rooms: Rooms
}
