// By its main file prom-client loads the whole of OpenTelemetry's API, for one metric of the process; these parts do
// not (`test/observability/tracing/off.test.ts`), and they load in half of the time.
export { default as Counter } from 'prom-client/lib/counter.js'
export { default as Gauge } from 'prom-client/lib/gauge.js'
export { default as Histogram } from 'prom-client/lib/histogram.js'
export { default as Registry } from 'prom-client/lib/registry.js'
export type { Metric } from 'prom-client'
