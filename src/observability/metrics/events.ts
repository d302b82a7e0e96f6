import { seconds } from '../../shared/clock.ts'
import { Counter, Histogram, type Registry } from './prometheus.ts'

/** Counts what becomes of the events that the CRM is told. */
export interface EventMeter {
  /** `took`: milliseconds from what happened until the receiver had it. */
  delivered(type: string, took: number): void
  /** A try that the receiver did not take, by its code. */
  refused(code: string): void
  ended(status: 'failed' | 'dropped'): void
}

export function createEventMeter(registry: Registry): EventMeter {
  const registers = [registry]
  const took = new Histogram({
    ...{ name: 'wauth_delivery_seconds', labelNames: ['type'], registers },
    help: 'From what happened until the CRM had the event.',
    buckets: [0.1, 0.5, 1, 5, 30, 300, 3600, 86_400],
  })
  const refusals = new Counter({
    ...{ name: 'wauth_delivery_refusals_total', labelNames: ['code'], registers },
    help: 'Tries of events that the receiver did not take.',
  })
  const ended = new Counter({
    ...{ name: 'wauth_deliveries_ended_total', labelNames: ['status'], registers },
    help: 'Events that are not tried any more.',
  })
  // A rule for an alert finds its number also when nothing has been given up yet.
  for (const status of ['failed', 'dropped']) ended.inc({ status }, 0)
  return {
    delivered: (type, ms) => {
      took.observe({ type }, ms / seconds(1))
    },
    refused: (code) => {
      refusals.inc({ code })
    },
    ended: (status) => {
      ended.inc({ status })
    },
  }
}
