import { Gauge, type Registry } from './prometheus.ts'

/** @param ahead in milliseconds */
export function showClock(registry: Registry, ahead: () => number): void {
  const gauge = new Gauge({
    ...{ name: 'wauth_clock_ahead_seconds', registers: [registry] },
    help: "By how much this machine's clock is ahead of the database's; 0 where that has none of its own.",
    collect() {
      gauge.set(ahead() / 1000)
    },
  })
}
