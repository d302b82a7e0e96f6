import { Counter, Gauge, type Registry } from './prometheus.ts'

/** Whom this service calls: the CRM's login, and Wazzup. */
const UPSTREAMS = ['login', 'wazzup'] as const

/** Whether each answers, as far as this replica knows. */
export type UpstreamHealth = Record<(typeof UPSTREAMS)[number], boolean>

const REASONS = ['breaker_open', 'too_many_calls'] as const

export interface UpstreamMeter {
  /** A call to Wazzup was not made: Wazzup is down, or too many are under way. */
  rejectedByGate: (reason: (typeof REASONS)[number]) => void
}

/** Calls that were made are in the histogram of `requests.ts`; here is what they cannot tell. */
export function createUpstreamMeter(registry: Registry, health?: () => UpstreamHealth): UpstreamMeter {
  const registers = [registry]
  const up = new Gauge({
    ...{ name: 'wauth_upstream_up', labelNames: ['upstream'], registers },
    help: "Whether the CRM's login and Wazzup answer; 0 also while a breaker keeps calls back.",
    collect() {
      const now = health?.()
      if (now) for (const upstream of UPSTREAMS) up.set({ upstream }, now[upstream] ? 1 : 0)
    },
  })
  const rejectedByGate = new Counter({
    ...{ name: 'wauth_wazzup_calls_held_back_total', labelNames: ['reason'], registers },
    help: 'Calls to Wazzup that were not made: breaker_open, or too_many_calls under way.',
  })
  for (const reason of REASONS) rejectedByGate.inc({ reason }, 0)
  return {
    rejectedByGate: (reason) => {
      rejectedByGate.inc({ reason })
    },
  }
}
