import { Gauge, type Registry } from './prometheus.ts'

/** What the store says at the moment. What there is none of need not be there. */
export interface Census {
  uploads: {
    byStatus: Partial<Record<string, number>>
    /** Addresses that Wazzup does not call, by the reason. */
    unregistered: Record<string, number>
  }
  connections: Partial<Record<string, number>>
  /** By kind: how many have not ended, and for how many milliseconds the oldest has been due. */
  jobs: Record<string, { waiting: number; late: number }>
  /** Events for the CRM: `oldest`, for how long the oldest has waited, in milliseconds. */
  deliveries: { waiting: number; failed: number; oldest: number }
  /** Changes for Wazzup: `oldest` as above. */
  changes: { waiting: number; oldest: number }
  /** Ids of the keys that have sealed something which is still there. */
  sealingKeys: readonly string[]
}

/** Each is there also when nothing has it, so that a rule for an alert finds its number. */
const UPLOADS = ['waiting', 'running', 'done', 'done_with_rejects', 'failed']
const CONNECTIONS = ['connected', 'invalid', 'disconnected']

/**
 * Gauges of what lies in the store; all replicas say the same here. Without a census they say nothing, rather than
 * what was so before.
 */
export function createCensusGauges(
  registry: Registry,
): (census: Census | undefined, takesWrites: boolean) => void {
  const gauge = makerOf(registry)
  const up = gauge('wauth_store_up', [], 'Whether the store has answered this scrape, and takes writes.')
  const gauges = {
    uploads: gauge(
      'wauth_uploads',
      ['status'],
      'Uploads of connected accounts, by the status of the latest run.',
    ),
    unregistered: gauge(
      'wauth_webhooks_unregistered',
      ['reason'],
      'Connected accounts whose webhooks address is not, or no longer, registered at Wazzup.',
    ),
    connections: gauge('wauth_connections', ['status'], 'Connections by status.'),
    waiting: gauge('wauth_jobs_waiting', ['job'], 'Jobs that have not ended: exchange, upload, switch_off.'),
    late: gauge('wauth_job_lateness_seconds', ['job'], 'For how long the oldest job has been due.'),
    ...deliveryGauges(gauge),
    changes: gauge('wauth_changes_waiting', [], 'Changes of customers that Wazzup does not have yet.'),
    change: gauge('wauth_change_oldest_seconds', [], 'For how long the oldest change has waited.'),
    keys: gauge('wauth_encryption_key_needed', ['key_id'], 'Keys that the store still has values of.'),
  }
  return (census, takesWrites) => {
    up.set(census && takesWrites ? 1 : 0)
    for (const one of Object.values(gauges)) one.reset()
    if (!census) return
    const { uploads, connections, jobs, deliveries, changes, sealingKeys } = census
    for (const status of UPLOADS) gauges.uploads.set({ status }, uploads.byStatus[status] ?? 0)
    for (const [reason, n] of Object.entries(uploads.unregistered)) gauges.unregistered.set({ reason }, n)
    for (const status of CONNECTIONS) gauges.connections.set({ status }, connections[status] ?? 0)
    for (const [job, { waiting, late }] of Object.entries(jobs)) {
      gauges.waiting.set({ job }, waiting)
      gauges.late.set({ job }, late / 1000)
    }
    gauges.deliveries.set({ status: 'waiting' }, deliveries.waiting)
    gauges.deliveries.set({ status: 'failed' }, deliveries.failed)
    gauges.oldest.set(deliveries.oldest / 1000)
    gauges.changes.set(changes.waiting)
    gauges.change.set(changes.oldest / 1000)
    for (const id of sealingKeys) gauges.keys.set({ key_id: id }, 1)
  }
}

const makerOf = (registry: Registry) => (name: string, labelNames: string[], help: string) =>
  new Gauge({ name, labelNames, help, registers: [registry] })

const deliveryGauges = (gauge: ReturnType<typeof makerOf>) => ({
  deliveries: gauge(
    'wauth_deliveries',
    ['status'],
    'Events for the CRM that wait, or are not tried any more.',
  ),
  oldest: gauge('wauth_delivery_oldest_seconds', [], 'For how long the oldest event for the CRM has waited.'),
})
