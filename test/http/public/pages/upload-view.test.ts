import { describe, expect, test } from 'vitest'
import { createPages, type PageOptions } from '../../../../src/http/public/pages/pages.ts'
import type { UploadProgress } from '../../../../src/upload/progress.ts'

const OPTIONS: PageOptions = {
  ...{ crmName: 'Acme CRM', hasLogo: () => false },
  ...{ doneUrl: null, wazzupUrl: new URL('https://wazzup.example/') },
}
const pages = createPages(OPTIONS)

const progress = (status: UploadProgress['status'], reason: string | null = null): UploadProgress => ({
  ...{ status, reason },
  steps: [
    {
      ...{ kind: 'contacts', status: 'running', reason: null, read: 4000, sent: 4000, rejected: 0 },
      ...{ total: 20_000, secondsLeft: 120 },
    },
  ],
})

test('numbers are written as the language does', () => {
  const text = (lang: 'en' | 'ru') => pages.upload(progress('running'), lang).rows[0]?.text
  expect(text('en')).toBe('4,000 of 20,000 · about 2 minutes left')
  expect(text('ru')).toMatch(/^4\u00a0000 из 20\u00a0000/)
})

test('what comes next is another sentence once the upload has ended', () => {
  const next = (status: UploadProgress['status']) => pages.upload(progress(status), 'en').next
  expect(next('running')).toContain('this takes a while')
  for (const status of ['done', 'done_with_rejects', 'failed'] as const)
    expect(next(status)).toBe('There is nothing more to do here. You can close this page.')
})

describe('an upload that waits', () => {
  const note = (reason: string | null) => pages.upload(progress('running', reason), 'en').note

  test.each([
    ['for the handler', 'address_refused', 'Acme CRM cannot be reached yet.'],
    ['for the export', 'export_out_of_reach', 'Acme CRM does not hand out the data yet.'],
    ['for Wazzup', 'wazzup_failed', 'There is a delay.'],
    ['because rows are refused', 'refused:NO', 'There is a delay.'],
  ])('%s says so', (_for, reason, words) => {
    expect(note(reason)).toMatch(new RegExp(`^${words} We keep trying`))
  })

  test.each([[null], ['rate_limited'], ['export_busy']])('for seconds only says nothing: %s', (reason) => {
    expect(note(reason)).toBe('')
  })
})
