import { Gauge, type Registry } from './prometheus.ts'

/** Also while the store gives no answer: what it has said last counts then. */
export function showPause(registry: Registry, isPaused: () => boolean): void {
  const gauge = new Gauge({
    ...{ name: 'wauth_installs_paused', registers: [registry] },
    help: 'Whether an operator has paused new installs.',
    collect() {
      gauge.set(isPaused() ? 1 : 0)
    },
  })
}
