import { seconds } from '../shared/clock.ts'
import { createCensusGauges, type Census } from './metrics/census.ts'
import { createChangeMeter, type ChangeMeter } from './metrics/changes.ts'
import { createEventMeter, type EventMeter } from './metrics/events.ts'
import { createFunnel, type FunnelMeter } from './metrics/funnel.ts'
import { showClock } from './metrics/clock.ts'
import { countLostLines } from './metrics/log-lines.ts'
import { showPause } from './metrics/installs.ts'
import { createKeyMeter, type KeyMeter } from './metrics/key-uses.ts'
import { inTime } from './metrics/in-time.ts'
import { Registry } from './metrics/prometheus.ts'
import { createRequestMeter, type RequestMeter } from './metrics/requests.ts'
import { createUploadMeter, type UploadMeter } from './metrics/uploads.ts'
import { createUpstreamMeter, type UpstreamHealth, type UpstreamMeter } from './metrics/upstreams.ts'

export type {
  Census,
  ChangeMeter,
  EventMeter,
  FunnelMeter,
  KeyMeter,
  RequestMeter,
  UploadMeter,
  UpstreamHealth,
}

/** What this replica has counted since its start, and what the store says at the moment. */
export interface Metrics {
  changes: ChangeMeter
  events: EventMeter
  funnel: FunnelMeter
  keys: KeyMeter
  requests: RequestMeter
  upload: UploadMeter
  upstream: UpstreamMeter
  /** In the text format of Prometheus. */
  page: () => Promise<{ contentType: string; text: string }>
}

export interface MetricsSources {
  /** Asked at every scrape; when it fails or takes too long, the page is without what it would have said. */
  census?: () => Promise<Census>
  /** Asked at every scrape; rejects while the store takes no write. */
  takesWrites?: () => Promise<void>
  /** Asked at every scrape. */
  upstreams?: () => UpstreamHealth
  /** By how many milliseconds the clock is ahead of the database's; asked at every scrape. */
  clockAhead?: () => number
  /** Whether new installs are paused, as far as this replica knows; asked at every scrape. */
  installsPaused?: () => boolean
  /** How many lines of the log could not be written so far; asked at every scrape. */
  linesLost?: () => number
  /** Adds what there is to say of the process. */
  registerProcess?: (registry: Registry) => void
  /** Milliseconds for the store to answer a scrape in; Prometheus itself waits for ten seconds. */
  deadline?: number
}

/** Labels are our own words: no id and no name of a customer is one. `docs/observability` has a table of all. */
export function createMetrics(sources: MetricsSources = {}): Metrics {
  const { census, takesWrites, upstreams, registerProcess } = sources
  const { linesLost = () => 0, clockAhead = () => 0, installsPaused = () => false } = sources
  const { deadline = seconds(3) } = sources
  const registry = new Registry()
  registerProcess?.(registry)
  countLostLines(registry, linesLost)
  showClock(registry, clockAhead)
  showPause(registry, installsPaused)
  const show = createCensusGauges(registry)
  return {
    changes: createChangeMeter(registry),
    events: createEventMeter(registry),
    funnel: createFunnel(registry),
    keys: createKeyMeter(registry),
    requests: createRequestMeter(registry),
    upload: createUploadMeter(registry),
    upstream: createUpstreamMeter(registry, upstreams),
    page: async () => {
      const [seen, written] = await Promise.all([
        inTime(async () => census?.(), deadline),
        inTime(async () => takesWrites?.().then(() => true) ?? true, deadline),
      ])
      show(seen, written === true)
      return { contentType: registry.contentType, text: await registry.metrics() }
    },
  }
}
