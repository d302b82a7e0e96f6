import { Counter, type Registry } from './prometheus.ts'

/** Counts what uploads do. `kind`: users, pipelines, contacts, deals or webhooks. */
export interface UploadMeter {
  /** Rows that were sent or rejected since the last time. */
  rows(kind: string, rows: { sent: number; rejected: number }): void
  /** A step that has ended, with its status. */
  ended(kind: string, status: string): void
}

export function createUploadMeter(registry: Registry): UploadMeter {
  const registers = [registry]
  const rows = new Counter({
    ...{ name: 'wauth_upload_rows_total', labelNames: ['kind', 'outcome'], registers },
    help: 'Rows of uploads: sent to Wazzup, or rejected before or by it.',
  })
  const steps = new Counter({
    ...{ name: 'wauth_upload_steps_total', labelNames: ['kind', 'status'], registers },
    help: 'Steps of uploads that have ended.',
  })
  return {
    rows(kind, { sent, rejected }) {
      rows.inc({ kind, outcome: 'sent' }, sent)
      rows.inc({ kind, outcome: 'rejected' }, rejected)
    },
    ended: (kind, status) => {
      steps.inc({ kind, status })
    },
  }
}
