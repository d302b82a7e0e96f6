import { expect, test } from 'vitest'
import { parseTraceparent, traceparentOf } from '../../../src/observability/tracing/trace-context.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'

test.each([
  [`00-${traceId}-${spanId}-01`, true],
  [`00-${traceId}-${spanId}-00`, false],
  // Flags that are not known yet do not count.
  [`00-${traceId}-${spanId}-02`, false],
  [`00-${traceId}-${spanId}-ff`, true],
])('%s names a trace', (header, sampled) => {
  expect(parseTraceparent(header)).toEqual({ traceId, spanId, sampled })
})

test.each([
  ['no header', undefined],
  ['two headers', [`00-${traceId}-${spanId}-01`, `00-${traceId}-${spanId}-01`]],
  ['two headers in one', `00-${traceId}-${spanId}-01, 00-${traceId}-${spanId}-01`],
  ['nothing', ''],
  ['another version', `01-${traceId}-${spanId}-01`],
  ['the forbidden version', `ff-${traceId}-${spanId}-01`],
  ['more than version 00 has', `00-${traceId}-${spanId}-01-more`],
  ['a trace of zeros', `00-${'0'.repeat(32)}-${spanId}-01`],
  ['a span of zeros', `00-${traceId}-${'0'.repeat(16)}-01`],
  ['capitals', `00-${traceId.toUpperCase()}-${spanId}-01`],
  ['too short', `00-${traceId.slice(1)}-${spanId}-01`],
  ['too long', `00-${traceId}0-${spanId}-01`],
  ['a space before', ` 00-${traceId}-${spanId}-01`],
  ['a line break behind', `00-${traceId}-${spanId}-01\n`],
  ['something else', '<script>alert(1)</script>'],
])('%s names none', (_what, header) => {
  expect(parseTraceparent(header)).toBeNull()
})

test('a header is written as it was read', () => {
  const header = `00-${traceId}-${spanId}-01`
  const context = parseTraceparent(header)
  expect(context && traceparentOf(context)).toBe(header)
})
