import { expect, test } from 'vitest'
import type { Upload } from '../../src/store/port.ts'
import { shownSteps, waitingStep } from '../../src/upload/progress.ts'

const PLAN = [{ kind: 'contacts' }, { kind: 'webhooks' }] as const

const upload = (more: Partial<Upload>): Upload => ({
  ...{ generationId: 'g', crmAccountId: 'acme', status: 'waiting', reason: null, steps: [] },
  ...more,
})

test('before its runner has written the plan down, the rows are those of the settings', () => {
  for (const status of ['waiting', 'running'] as const) {
    expect(shownSteps(upload({ status }), PLAN)).toMatchObject([
      { kind: 'contacts', status: 'waiting', read: 0 },
      { kind: 'webhooks', status: 'waiting', read: 0 },
    ])
  }
})

test('what is written down stands, also when settings have grown', () => {
  const steps = [waitingStep('webhooks')]
  expect(shownSteps(upload({ steps }), PLAN)).toEqual(steps)
})

test('one that failed before it had a plan waits for nothing', () => {
  expect(shownSteps(upload({ status: 'failed', reason: 'no_api_key' }), PLAN)).toEqual([])
})
