import type { Fingerprints } from '../../config/fingerprints.ts'
import type { AskedChange } from '../../changes/accept.ts'
import type { Lookup } from '../../keys/lookup.ts'
import type { ErasedAccount } from '../../keys/erase.ts'
import type { Disconnected } from '../../keys/disconnect.ts'
import type { LoginHealth } from '../../login/port.ts'
import type { Logger } from '../../observability/logger.ts'
import type { Metrics } from '../../observability/metrics.ts'
import type {
  Accepted,
  Actor,
  ChangesStanding,
  ConnectionStore,
  DeliveryStore,
  Installs,
  Upload,
} from '../../store/port.ts'
import type { SupportReport } from '../../support/report.ts'
import type { Started } from '../../upload/start.ts'
import type { Observation } from '../observe-requests.ts'
import type { FailureLimit } from './failed-attempts.ts'

/** What the internal listener is built from. */
export interface InternalDeps {
  health: HealthSources
  /** Bearer tokens of the routes under `/v1`; without any they are not there. */
  tokens: readonly string[]
  /** More of them, for the look-up alone. */
  lookupTokens: readonly string[]
  lookup: Lookup
  connections: ConnectionUses
  uploads: UploadUses
  changes: ChangeUses
  deliveries: Pick<DeliveryStore, 'list' | 'find' | 'retry' | 'drop'>
  installs: {
    read: () => Promise<Installs>
    /** Null resumes. */
    set: (reason: string | null, by: Actor) => Promise<Installs>
  }
  /** By what somebody has written; null when nothing is known. */
  support: (supportId: string) => Promise<SupportReport | null>
  /** Of the settings of this process, by each of its encryption keys. */
  fingerprints: () => Fingerprints[]
  failureLimit: FailureLimit
  observe: Observation
  log: Logger
}

/** `starting` until both listeners listen, `stopping` from the signal on. */
export type Phase = 'starting' | 'serving' | 'stopping'

export interface HealthSources {
  /** Resolves when the own store answers, and has taken a write not long ago. */
  pingStore: () => Promise<void>
  /** Ids of the encryption keys that values need and this process does not have. */
  lackingKeys: () => readonly string[]
  clock: () => { ok: boolean; detail: string }
  login: () => LoginHealth
  wazzup: () => { ok: boolean; detail: string }
  recovery: () => { ok: boolean; detail: string }
  /** As the store has said last. */
  installs: () => Installs
  phase: () => Phase
  metrics: Metrics['page']
}

interface ConnectionUses extends Pick<ConnectionStore, 'find' | 'list' | 'position' | 'changed'> {
  readApiKey(crmAccountId: string, by: Actor): Promise<string | null>
  disconnect(
    crmAccountId: string,
    by: Actor,
  ): Promise<Disconnected | { kind: 'unknown' } | { kind: 'ended_before' }>
  erase(crmAccountId: string, by: Actor): Promise<ErasedAccount>
}

interface UploadUses {
  find(crmAccountId: string): Promise<Upload | null>
  start(crmAccountId: string, options: { webhooksOnly: boolean }): Promise<Started>
}

interface ChangeUses {
  accept(crmAccountId: string, changes: readonly AskedChange[]): Promise<Accepted>
  find(crmAccountId: string): Promise<ChangesStanding | null>
}
