import type { TraceContext } from './trace-context.ts'

/** What a span says of itself: our own words and numbers, never input. */
type SpanFacts = Record<string, string | number>

export interface SpanStart {
  name: string
  kind: 'server' | 'client'
  facts: SpanFacts
  /** What it is part of. */
  parent: TraceContext | null
  /** Whether its parent decides if it is recorded. What a stranger sends may name a trace, but not decide that. */
  heedParent: boolean
}

/** A piece of work in a trace. */
export interface Span {
  /** For whatever happens inside it. */
  context: TraceContext
  end(facts: SpanFacts, failed: boolean): void
}

export interface Tracing {
  /** Whether it begins traces of its own; else there is nothing to do without somebody else's. */
  records: boolean
  /** Null when nothing is recorded, and there is no trace to pass on. */
  begin(start: SpanStart): Span | null
  /** Hands over what was recorded, within a second and a half. */
  close(): Promise<void>
}

/**
 * Without a collector nothing is recorded and nothing of OpenTelemetry is loaded. A trace that somebody else records
 * still goes through: the same place in it is named in the log and to Wazzup.
 */
export const passOn: Tracing = {
  records: false,
  begin({ parent, heedParent }) {
    if (!parent) return null
    return { context: heedParent ? parent : { ...parent, sampled: false }, end: () => undefined }
  },
  close: async () => undefined,
}
