import { createMetrics, type Census, type Metrics } from '../observability/metrics.ts'
import type { Store } from '../store/port.ts'
import type { Surroundings } from './surroundings.ts'

/** `store` is asked for at every scrape: it is opened later, as its keys are counted here, too. */
export const metricsOf = (store: () => Store, { clock, registerProcess }: Surroundings): Metrics =>
  createMetrics({ census: (now) => takeCensus(store(), now), registerProcess, clock })

async function takeCensus(store: Store, now: Date): Promise<Census> {
  const { connections, jobs } = await store.counts(now)
  const uploads = await store.uploads.counts()
  const sealingKeys = (await store.sealingKeys.all()).map(({ id }) => id)
  return { connections, jobs, uploads, sealingKeys }
}
