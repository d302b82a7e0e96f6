import type { UploadStep } from '../store/port.ts'

/** Rows after which a guess at the time left is worth telling. */
const ENOUGH = 100

/** Milliseconds that a step will take yet, at its pace so far; null when nobody can say. */
export function timeLeft({ status, runsFor, read, total }: UploadStep): number | null {
  if (status !== 'running' || runsFor === null || total === null || read < ENOUGH) return null
  const left = Math.max(0, total - read)
  return Math.round((runsFor / read) * left)
}
