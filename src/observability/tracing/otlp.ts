import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags, type Context } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import {
  defaultResource,
  detectResources,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceNameEnvDetector,
} from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type SpanExporter,
} from '@opentelemetry/sdk-trace'
import { USER_AGENT } from '../../shared/version.ts'
import type { Logger } from '../logger.ts'
import { inTime } from '../metrics/in-time.ts'
import type { TraceContext } from './trace-context.ts'
import type { Span, SpanStart, Tracing } from './tracing.ts'

export interface OtlpOptions {
  /** The collector's base address, as in `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  endpoint: URL
  /** The share of traces that are recorded, from 0 to 1. */
  share: number
  /** Certificates in PEM of those who count for an https collector; undefined: Node's own. */
  ca: string[] | undefined
  log: Logger
  /** From 0 up to 1. */
  chance: () => number
}

const EXPORT_DEADLINE = 5000
const CLOSE_DEADLINE = 1500

/**
 * Records spans and sends them to a collector, in batches, by OTLP over HTTP. Nothing is registered globally: who is
 * part of what goes by `current.ts`. A collector that is slow or away costs spans, and nothing else.
 */
export function createOtlpTracing({ endpoint, share, ca, log, chance }: OtlpOptions): Tracing {
  const exporter = new OTLPTraceExporter({
    ...{ url: tracesUrl(endpoint), timeoutMillis: EXPORT_DEADLINE, userAgent: USER_AGENT },
    ...(ca && { httpAgentOptions: { ca } }),
  })
  const provider = new TracerProvider({
    resource: resource(),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(share) }),
    spanProcessors: [
      new BatchSpanProcessor({ exporter: logFailures(exporter, log), exportTimeoutMillis: EXPORT_DEADLINE }),
    ],
  })
  const tracer = provider.getTracer('wauth-connector')
  const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT }
  return {
    records: true,
    begin({ name, kind, facts, parent, heedParent }: SpanStart): Span {
      const sampled = parent && (heedParent ? parent.sampled : chance() < share)
      const within = parent ? contextOf(parent, sampled === true, kind === 'server') : ROOT_CONTEXT
      const span = tracer.startSpan(name, { kind: kinds[kind], attributes: facts }, within)
      const { traceId, spanId, traceFlags } = span.spanContext()
      return {
        context: { traceId, spanId, sampled: (traceFlags & TraceFlags.SAMPLED) !== 0 },
        end(more, failed) {
          span.setAttributes(more)
          if (failed) span.setStatus({ code: SpanStatusCode.ERROR })
          span.end()
        },
      }
    },
    close: async () => {
      await inTime(() => provider.shutdown(), CLOSE_DEADLINE)
    },
  }
}

const contextOf = ({ traceId, spanId }: TraceContext, sampled: boolean, isRemote: boolean): Context =>
  trace.setSpanContext(ROOT_CONTEXT, {
    ...{ traceId, spanId, isRemote },
    traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
  })

/** `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` may say more, or otherwise. */
const resource = () =>
  defaultResource()
    .merge(resourceFromAttributes({ 'service.name': 'wauth-connector' }))
    .merge(detectResources({ detectors: [resourceAttributesEnvDetector, serviceNameEnvDetector] }))

/** OpenTelemetry Protocol Exporter, "Endpoint URLs for OTLP/HTTP". */
const tracesUrl = (endpoint: URL) => `${endpoint.href.replace(/\/$/, '')}/v1/traces`

/** Once when it begins to fail, and once when it is well again. */
function logFailures(exporter: SpanExporter, log: Logger): SpanExporter {
  let failing = false
  return {
    export: (spans, done) => {
      exporter.export(spans, (result) => {
        const failed = result.error !== undefined
        if (failed && !failing) log.warn({ event: 'tracing.export_failed', err: result.error, hint: HINT })
        if (!failed && failing) log.info({ event: 'tracing.export_works' })
        failing = failed
        done(result)
      })
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  }
}

const HINT =
  'Check OTEL_EXPORTER_OTLP_ENDPOINT and the collector. Until then spans are lost, and nothing else.'
