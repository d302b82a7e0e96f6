import { z } from 'zod'
import { share } from '../fields/share.ts'
import { webUrl } from '../fields/web-url.ts'

/** By the names that OpenTelemetry gives them; its SDK reads others of its own. */
export const tracing = z.object({
  OTEL_EXPORTER_OTLP_ENDPOINT: webUrl().optional().meta({
    description:
      'Your collector of OpenTelemetry traces, by OTLP over HTTP. Plain http will do. Without it no tracing.',
    example: 'http://127.0.0.1:4318',
  }),
  OTEL_TRACES_SAMPLER_ARG: share()
    .prefault('1')
    .meta({ description: 'The share of traces that are recorded, from 0 to 1.' }),
})
