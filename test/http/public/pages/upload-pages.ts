import type { Page } from '../../../../src/http/public/pages/model.ts'
import type { UploadProgress } from '../../../../src/upload/progress.ts'
import { resultPage } from './every-page.ts'

type Step = UploadProgress['steps'][number]

const KINDS = ['users', 'pipelines', 'contacts', 'deals', 'webhooks'] as const

/** A page whose rows are all like this; `reason`: what the upload waits for. */
export const uploadPage = (
  status: UploadProgress['status'],
  of: Partial<Step>,
  reason: string | null = null,
): Page =>
  resultPage({
    upload: {
      status,
      reason,
      steps: KINDS.map((kind) => ({
        ...{
          kind,
          status: 'waiting',
          reason: null,
          read: 0,
          sent: 0,
          rejected: 0,
          total: null,
          secondsLeft: null,
        },
        ...of,
      })),
    },
  })

/** The page of an upload in every state that a row can be in, with short texts and with the longest. */
export const uploadPages = (): Record<string, Page> => ({
  'upload-waiting': uploadPage('waiting', {}),
  'upload-running': uploadPage('running', { status: 'running', read: 600, total: 50_000, secondsLeft: 120 }),
  'upload-unknown-total': uploadPage('running', { status: 'running', read: 98_765_432 }),
  'upload-running-long': uploadPage('running', {
    ...{ status: 'running', read: 12_345_678, total: 98_765_432, rejected: 1_234_567, secondsLeft: 600_000 },
  }),
  'upload-held-up': uploadPage('running', { status: 'running', read: 600 }, 'address_refused'),
  'upload-held-up-export': uploadPage('running', { status: 'running', read: 600 }, 'export_failed'),
  'upload-held-up-else': uploadPage('running', { status: 'running', read: 600 }, 'wazzup_failed'),
  'upload-done': uploadPage('done', { status: 'done', read: 50_000, total: 50_000 }),
  'upload-rejects': uploadPage('done_with_rejects', {
    ...{ status: 'done_with_rejects', read: 98_765_432, total: 98_765_432, rejected: 12_345_678 },
  }),
  'upload-failed': uploadPage('failed', {
    ...{ status: 'failed', read: 12_345_678, total: 98_765_432, rejected: 1_234_567 },
  }),
})
