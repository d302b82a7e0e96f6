/** Where in a trace something happens: what a `traceparent` carries (W3C Trace Context, section 3.2). */
export interface TraceContext {
  traceId: string
  /** Of the span that whatever comes next is part of. */
  spanId: string
  /** Whether the trace is recorded. */
  sampled: boolean
}

/** Version 00 only: what a later one would mean is not known, and the header comes from anybody. */
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/

const SAMPLED = 1

/** Null for anything that is not exactly a header of version 00: it is as if there were none. */
export function parseTraceparent(header: unknown): TraceContext | null {
  if (typeof header !== 'string') return null
  const [, traceId, spanId, flags] = TRACEPARENT.exec(header) ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return null
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & SAMPLED) === SAMPLED }
}

export const traceparentOf = ({ traceId, spanId, sampled }: TraceContext): string =>
  `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`
