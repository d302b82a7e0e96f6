import { Counter, type Registry } from './prometheus.ts'

/** The log itself cannot say that it cannot be written. */
export function countLostLines(registry: Registry, lost: () => number): void {
  const lines = new Counter({
    ...{ name: 'wauth_log_lines_lost_total', registers: [registry] },
    help: 'Lines of the log that could not be written: the disk is full, or its reader has gone or is too slow.',
    collect() {
      lines.reset()
      lines.inc(lost())
    },
  })
}
