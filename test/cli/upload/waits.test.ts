import { expect, test } from 'vitest'
import { waitOf } from '../../../src/cli/upload/waits.ts'

test.each([
  ['export_failed', 'the export answers with an error (export_failed)'],
  ['rate_limited', 'Wazzup asks for a pause (429)'],
  ['key_in_doubt', 'Wazzup has refused the apiKey, and a moment later it has not (key_in_doubt)'],
  ['refused:PAYMENT_REQUIRED', "Wazzup refuses this customer's rows, whichever they are"],
  ['not_wazzup', 'Wazzup gives no usable answer (not_wazzup)'],
])('what an upload waits for: %s', (reason, told) => {
  expect(waitOf({ status: 'running', reason })).toContain(told)
})

test('one that moves on, or has ended, waits for nothing', () => {
  expect(waitOf({ status: 'running', reason: null })).toBeNull()
  expect(waitOf({ status: 'failed', reason: 'export_failed' })).toBeNull()
})
