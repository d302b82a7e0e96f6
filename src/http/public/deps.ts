import type { Row } from '../../connect/flow.ts'
import type { Outcome } from '../../connect/outcome.ts'
import type { Request } from '../../connect/visit.ts'
import type { Logo } from '../../crm/logo.ts'
import type { Logger } from '../../observability/logger.ts'
import type { Clock, Monotonic } from '../../shared/clock.ts'
import type { Random } from '../../shared/random.ts'
import type { Sleep } from '../../shared/sleep.ts'
import type { Observation } from '../observe-requests.ts'
import type { PublicLimits } from './limits.ts'
import type { Pages } from './pages/pages.ts'

/** What the public listener is built from. */
export interface PublicDeps {
  /** Takes a request through one row of the connect flow. */
  run: (row: Row, request: Request) => Promise<Outcome>
  pages: Pages
  /** The CRM's logo, once it has been fetched. */
  logo: () => Logo | null
  observe: Observation
  log: Logger
  clock: Clock
  monotonic: Monotonic
  random: Random
  limits: PublicLimits
  checks: {
    /** Whether `wauth check` has made it, with an encryption key of this service. */
    isProof: (asked: { proof: string; wait: number }) => boolean
    sleep: Sleep
  }
  settings: PublicSettings
}

export interface PublicSettings {
  publicUrl: URL
  trustProxy: readonly string[]
  tenantHosts: readonly string[]
}
