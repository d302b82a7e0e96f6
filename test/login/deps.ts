import type { LoginDeps } from '../../src/login/port.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { systemRandom } from '../../src/shared/random.ts'
import { STRAIGHT } from '../../src/config/way-out.ts'
import { collectLog } from '../support/log-lines.ts'

export interface TestDeps extends LoginDeps {
  /** Moves the service's clock; the peer's stays. */
  laterBy: (ms: number) => void
  /** What was logged under a name. */
  logged: ReturnType<typeof collectLog>['events']
  /** Keys that were claimed, and for how many milliseconds. */
  claimed: Map<string, number>
}

export const publicUrl = new URL('https://connector.example')

/** What the composition gives, with a clock that can be moved and claims kept in memory. */
export function testDeps(overrides: Partial<LoginDeps> = {}): TestDeps {
  let ahead = 0
  const log = collectLog()
  const claimed = new Map<string, number>()
  return {
    publicUrl,
    allowHttpLoopback: true,
    wayOut: STRAIGHT,
    clock: () => new Date(Date.now() + ahead),
    monotonic: () => performance.now() + ahead,
    random: systemRandom,
    log: createLogger('trace', log.destination),
    async claimOnce(key, keptFor) {
      if (claimed.has(key)) return false
      claimed.set(key, keptFor)
      return true
    },
    ...overrides,
    laterBy: (ms) => void (ahead += ms),
    logged: log.events,
    claimed,
  }
}
