import { Counter, Registry } from 'prom-client'

/** Counts what uploads do. `kind`: users, pipelines, contacts, deals or webhooks. */
export interface UploadMeter {
  /** Rows that were sent or rejected since the last time. */
  rows(kind: string, rows: { sent: number; rejected: number }): void
  /** A step that has ended, with its status. */
  ended(kind: string, status: string): void
}

/** What this replica has counted since its start. */
export interface Metrics {
  upload: UploadMeter
  /** In the text format of Prometheus. */
  page: () => Promise<{ contentType: string; text: string }>
}

/** Labels are words of ours: no id and no name of a customer is one. */
export function createMetrics(): Metrics {
  const registry = new Registry()
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
    upload: {
      rows(kind, { sent, rejected }) {
        rows.inc({ kind, outcome: 'sent' }, sent)
        rows.inc({ kind, outcome: 'rejected' }, rejected)
      },
      ended: (kind, status) => {
        steps.inc({ kind, status })
      },
    },
    page: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  }
}
