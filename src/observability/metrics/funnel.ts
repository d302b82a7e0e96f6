import { Counter, Histogram, type Registry } from './prometheus.ts'

/** What an attempt comes through, in this order. */
const STAGES = ['arrived', 'logged_in', 'confirmed', 'connected'] as const
type Stage = (typeof STAGES)[number]

/** Follows attempts from the redirect to the apiKey. */
export interface FunnelMeter {
  /** An attempt has come to a stage. */
  reached(stage: Stage): void
  /** It has not come to this one: a word for why. After some of them the person may try again. */
  missed(stage: Stage, reason: string): void
  /** An exchange with Wazzup, from sending to what was written down, in milliseconds. */
  exchanged(outcome: string, took: number): void
}

/** Wazzup is given 15 s. */
const BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 20]

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
  for (const stage of STAGES) reached.inc({ stage }, 0)
  return {
    reached: (stage) => {
      reached.inc({ stage })
    },
    missed: (stage, reason) => {
      missed.inc({ stage, reason })
    },
    exchanged: (outcome, took) => {
      exchanges.observe({ outcome }, took / 1000)
    },
  }
}
