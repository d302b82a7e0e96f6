import { expect, test } from 'vitest'
import { EVENT_EXAMPLES } from '../../../../src/http/internal/openapi/event-webhooks.ts'
import { EVENTS, TEST_EVENT } from '../../../../src/http/internal/schemas/events.ts'

const SCHEMAS = Object.entries({ ...EVENTS, 'test.event': TEST_EVENT })

test.each(SCHEMAS)('the example of %s is as its schema says', (type, schema) => {
  expect(schema.safeParse(EVENT_EXAMPLES[type]).error).toBeUndefined()
})

test.each(SCHEMAS)('the schema of %s takes nothing that it does not name', (type, schema) => {
  const example = EVENT_EXAMPLES[type] as { data: object }
  expect(schema.safeParse({ ...example, data: { ...example.data, apiKey: 'k' } }).success).toBe(false)
})

test('each event has an example', () => {
  expect(Object.keys(EVENT_EXAMPLES).sort()).toEqual(SCHEMAS.map(([type]) => type).sort())
})
