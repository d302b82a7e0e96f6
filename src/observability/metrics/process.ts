import eventLoopLag from 'prom-client/lib/metrics/eventLoopLag.js'
import gc from 'prom-client/lib/metrics/gc.js'
import heap from 'prom-client/lib/metrics/heapSizeAndUsed.js'
import memory from 'prom-client/lib/metrics/osMemoryHeap.js'
import mostFiles from 'prom-client/lib/metrics/processMaxFileDescriptors.js'
import openFiles from 'prom-client/lib/metrics/processOpenFileDescriptors.js'
import startTime from 'prom-client/lib/metrics/processStartTime.js'
import version from 'prom-client/lib/metrics/version.js'
import { Counter, type Registry } from './prometheus.ts'

/** Milliseconds between two looks at the event loop. */
const PRECISION = 20

const MICROSECONDS = 1e-6

/**
 * What Node says of itself. It watches the whole process from here on, with timers and observers that never end: for
 * the one registry that a process serves.
 */
export function registerProcess(registry: Registry): void {
  const options = { eventLoopMonitoringPrecision: PRECISION }
  for (const register of [eventLoopLag, gc, heap, memory, mostFiles, openFiles, startTime, version]) {
    register(registry, options)
  }
  const cpu = new Counter({
    ...{ name: 'process_cpu_seconds_total', registers: [registry] },
    help: 'Processor time of this process, user and system, in seconds.',
    collect() {
      const { user, system } = process.cpuUsage()
      cpu.reset()
      cpu.inc((user + system) * MICROSECONDS)
    },
  })
}
