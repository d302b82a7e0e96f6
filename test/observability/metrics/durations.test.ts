import { expect, test } from 'vitest'
import { durations } from '../../../src/observability/metrics/durations.ts'
import { Histogram, Registry } from '../../../src/observability/metrics/prometheus.ts'

const measured = { name: 'took_seconds', help: 'How "long"\nit took.', buckets: [0.001, 0.25, 1] }

test('durations are written as the library writes a histogram, in all its lines', async () => {
  const [ours, theirs] = [new Registry(), new Registry()]
  const observe = durations(ours, measured)
  const library = new Histogram({
    ...{ ...measured, buckets: [...measured.buckets] },
    ...{ labelNames: ['route', 'status'], registers: [theirs] },
  })
  const TOOK = [0, 0.001, 0.0011, 0.25, 0.7, 1, 1.0001, 99]
  for (const labels of [
    { route: '/a', status: '200' },
    { route: '/b"\\', status: '404' },
  ]) {
    const observeOne = observe(labels)
    for (const took of TOOK) {
      observeOne(took)
      library.observe(labels, took)
    }
  }
  expect(await ours.metrics()).toBe(await theirs.metrics())
})

test('nothing is written of what was never asked for', async () => {
  const registry = new Registry()
  durations(registry, measured)
  expect(await registry.metrics()).not.toContain('took_seconds_bucket')
})
