import { Counter, Gauge, Registry } from 'prom-client'

/** Counts what uploads do. `kind`: users, pipelines, contacts, deals or webhooks. */
export interface UploadMeter {
  /** Rows that were sent or rejected since the last time. */
  rows(kind: string, rows: { sent: number; rejected: number }): void
  /** A step that has ended, with its status. */
  ended(kind: string, status: string): void
}

/** How many uploads there are, by their status, and addresses that Wazzup does not call, by the reason. */
interface UploadCounts {
  byStatus: Partial<Record<string, number>>
  unregistered: Record<string, number>
}

/** What this replica has counted since its start, and what the store says at the moment. */
export interface Metrics {
  upload: UploadMeter
  /** In the text format of Prometheus. */
  page: () => Promise<{ contentType: string; text: string }>
}

/**
 * Labels are words of ours: no id and no name of a customer is one.
 * @param countUploads asked at every scrape; when it fails, the page is without what it would have said
 */
export function createMetrics(countUploads?: () => Promise<UploadCounts>): Metrics {
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
  const show = createGauges(registry)
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
    page: async () => {
      show(await countUploads?.().catch(() => undefined))
      return { contentType: registry.contentType, text: await registry.metrics() }
    },
  }
}

/** All replicas say the same here, as they look into one store. */
function createGauges(registry: Registry): (counts: UploadCounts | undefined) => void {
  const registers = [registry]
  const uploads = new Gauge({
    ...{ name: 'wauth_uploads', labelNames: ['status'], registers },
    help: 'Uploads of connected accounts, by the status of the latest run.',
  })
  const unregistered = new Gauge({
    ...{ name: 'wauth_webhooks_unregistered', labelNames: ['reason'], registers },
    help: 'Connected accounts whose webhooks address is not, or no longer, registered at Wazzup.',
  })
  return (counts) => {
    uploads.reset()
    unregistered.reset()
    if (!counts) return
    for (const status of STATUSES) uploads.set({ status }, counts.byStatus[status] ?? 0)
    for (const [reason, count] of Object.entries(counts.unregistered)) unregistered.set({ reason }, count)
  }
}

/** Each is there also when no upload has it, so that a rule for an alert finds its number. */
const STATUSES = ['waiting', 'running', 'done', 'done_with_rejects', 'failed']
