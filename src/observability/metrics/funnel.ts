import { WAZZUP_CALL } from '../../shared/wazzup-deadline.ts'
import { Counter, Histogram, type Registry } from './prometheus.ts'

/** What an attempt comes through, in this order, and why it may not. */
const STAGES = {
  arrived: ['bad_state', 'other_module', 'overloaded', 'installs_paused'],
  logged_in: ['cancelled', 'login_failed', 'login_misconfigured', 'not_allowed', 'login_unavailable'],
  confirmed: ['cancelled', 'not_allowed', 'state_used_elsewhere'],
  connected: ['state_refused', 'secret_refused', 'bad_answer', 'wazzup_unavailable', 'restart_needed'],
} as const
type Stage = keyof typeof STAGES

/** Follows attempts from the redirect to the apiKey. */
export interface FunnelMeter {
  /** An attempt has come to a stage. */
  reached(stage: Stage): void
  /** It has not come to this one: a word for why, of those above or a later one. The person may try again after some. */
  missed(stage: Stage, reason: string): void
  /** An exchange with Wazzup, from sending to what was written down, in milliseconds. */
  exchanged(outcome: string, took: number): void
}

/** To the call's deadline, and the commits behind it. */
const DEADLINE = WAZZUP_CALL.deadline / 1000
const BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, DEADLINE, DEADLINE + 5]

export function createFunnel(registry: Registry): FunnelMeter {
  const registers = [registry]
  const reached = new Counter({
    ...{ name: 'wauth_funnel_reached_total', labelNames: ['stage'], registers },
    help: 'Attempts that came to a stage: arrived, logged_in, confirmed, connected.',
  })
  const missed = new Counter({
    ...{ name: 'wauth_funnel_missed_total', labelNames: ['stage', 'reason'], registers },
    help: 'Times that an attempt did not come to a stage, by the reason.',
  })
  const exchanges = new Histogram({
    ...{ name: 'wauth_exchange_duration_seconds', labelNames: ['outcome'], registers, buckets: BUCKETS },
    help: 'Exchanges of a state for an apiKey, from sending to what was written down, by what became of it.',
  })
  // There before anything happens: what begins at 1 looks to Prometheus as if it had not grown.
  for (const [stage, reasons] of Object.entries(STAGES)) {
    reached.inc({ stage }, 0)
    for (const reason of reasons) missed.inc({ stage, reason }, 0)
  }
  const stages = Object.fromEntries(Object.keys(STAGES).map((stage) => [stage, reached.labels({ stage })]))
  return {
    reached: (stage) => {
      stages[stage]?.inc()
    },
    missed: (stage, reason) => {
      missed.inc({ stage, reason })
    },
    exchanged: (outcome, took) => {
      exchanges.observe({ outcome }, took / 1000)
    },
  }
}
