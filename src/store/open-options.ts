import type { Clock, Monotonic } from '../shared/clock.ts'
import type { Teller } from './delivery.ts'
import type { Store } from './port.ts'

/** How an engine opens a store. */
export interface OpenOptions {
  /** What has to be sure before anything is written to a database that was in use before. */
  beforeWriting?: (records: Pick<Store, 'sealingKeys' | 'sealedValues'>) => Promise<void>
  /** The time of leases, where the database has no clock of its own. */
  clock?: Clock
  /** Milliseconds that no change of the clock touches. */
  monotonic?: Monotonic
  /** This is the service. Where a database has one process only, the leases of the one before it end. */
  keepsLeases?: boolean
  /** The CRM is told what happens to connections: what it is told is sealed by this. */
  teller?: Teller
}
