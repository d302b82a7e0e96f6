import type { UploadResult, UploadStep } from '../store/port.ts'

/** What the steps of an upload, all of them ended, mean for the upload itself. */
export function resultOf(steps: readonly Pick<UploadStep, 'status' | 'reason'>[]): UploadResult {
  const wrong = steps.find(({ status }) => status === 'failed')
  if (wrong) return { status: 'failed', reason: wrong.reason }
  const rejects = steps.some(({ status }) => status === 'done_with_rejects')
  return { status: rejects ? 'done_with_rejects' : 'done', reason: null }
}
