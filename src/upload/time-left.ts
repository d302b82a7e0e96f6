import type { UploadStep } from '../store/port.ts'

/** Rows after which a guess at the time left is worth telling. */
const ENOUGH = 100

/** Milliseconds that a step will take yet, at its pace so far; null when nobody can say. */
export function timeLeft({ status, startedAt, read, total }: UploadStep, now: Date): number | null {
  if (status !== 'running' || !startedAt || total === null || read < ENOUGH) return null
  const left = Math.max(0, total - read)
  return Math.round(((now.getTime() - startedAt.getTime()) / read) * left)
}
