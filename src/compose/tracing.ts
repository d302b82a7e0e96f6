import type { Logger } from '../observability/logger.ts'
import { passOn, type Tracing } from '../observability/tracing/tracing.ts'
import type { Settings } from '../settings.ts'
import { authoritiesOf } from '../upstream/way-out.ts'
import type { Environment } from './environment.ts'

/** OpenTelemetry is loaded only for who has a collector: it would add to every start, and to the memory. */
export async function tracingOf(
  { tracing, wayOut }: Settings,
  log: Logger,
  { jitter: chance }: Environment,
): Promise<Tracing> {
  if (!tracing) return passOn
  const { createOtlpTracing } = await import('../observability/tracing/otlp.ts')
  return createOtlpTracing({ ...tracing, ca: authoritiesOf(wayOut), log, chance })
}
