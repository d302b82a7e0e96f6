import { createMetrics, type Census, type Metrics, type UpstreamHealth } from '../observability/metrics.ts'
import type { Store } from '../store/port.ts'
import type { Environment } from './environment.ts'
import type { Watch } from './watch.ts'

/** All are asked at every scrape: they are made later, as what they do is counted here, too. */
interface Watched {
  store: () => Store
  watch: () => Watch
  upstreams: () => UpstreamHealth
  /** Rejects while the store takes no write. */
  takesWrites: () => Promise<void>
}

export const metricsOf = (
  { store, watch, upstreams, takesWrites }: Watched,
  { linesLost, registerProcess }: Environment,
): Metrics =>
  createMetrics({
    census: () => takeCensus(store()),
    upstreams,
    takesWrites,
    clockAhead: () => watch().clock.ahead(),
    installsPaused: () => watch().installs.known().paused,
    linesLost,
    registerProcess,
  })

async function takeCensus(store: Store): Promise<Census> {
  const { connections, jobs } = await store.counts()
  const deliveries = await store.deliveries.counts()
  const changes = await store.changes.counts()
  const uploads = await store.uploads.counts()
  const sealingKeys = (await store.sealingKeys.all()).map(({ id }) => id)
  return { connections, jobs, uploads, deliveries, changes, sealingKeys }
}
