import { hostname } from 'node:os'
import type { MetricsSources } from '../observability/metrics.ts'
import { registerProcess } from '../observability/metrics/process.ts'
import { systemJitter, type Jitter } from '../shared/backoff.ts'
import { minutes, systemClock, systemMonotonic, type Clock, type Monotonic } from '../shared/clock.ts'
import { systemRandom, type Random } from '../shared/random.ts'
import { sleep, type Sleep } from '../shared/sleep.ts'
import { WAZZUP_CALL } from '../shared/wazzup-deadline.ts'
import { RATE, type Rate } from '../wazzup/limiter.ts'

/** What a test may want to be different: time, chance, and the limits of the call to Wazzup. */
export interface Environment {
  /** What an operator knows this process by, among all that work on the database. */
  replica: string
  clock: Clock
  monotonic: Monotonic
  random: Random
  jitter: Jitter
  sleep: Sleep
  connectLimits: { deadline: number; maxAnswer: number }
  /** Milliseconds after which a worker that had nothing to do looks again at the latest. */
  longestIdle: number
  /** How fast an upload may call Wazzup. */
  uploadRate: Rate
  /** How many lines of the log could not be written so far. */
  linesLost: () => number
  /** Watches the process for the metrics, until it ends. */
  registerProcess: NonNullable<MetricsSources['registerProcess']>
}

export const realEnvironment: Environment = {
  replica: `${hostname()}:${process.pid}`,
  clock: systemClock,
  monotonic: systemMonotonic,
  random: systemRandom,
  jitter: systemJitter,
  sleep,
  connectLimits: WAZZUP_CALL,
  longestIdle: minutes(1),
  uploadRate: RATE,
  linesLost: () => 0,
  registerProcess,
}
