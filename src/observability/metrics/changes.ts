import { Counter, type Registry } from './prometheus.ts'

/** Counts what becomes of changes. `kind`: users, contacts or deals; `op`: upsert or delete. */
export interface ChangeMeter {
  /** Changes that were sent or rejected since the last time. */
  rows(kind: string, op: string, rows: { sent: number; rejected: number }): void
}

export function createChangeMeter(registry: Registry): ChangeMeter {
  const changes = new Counter({
    ...{ name: 'wauth_changes_total', labelNames: ['kind', 'op', 'outcome'], registers: [registry] },
    help: 'Changes after the first upload: sent to Wazzup, or rejected before or by it.',
  })
  return {
    rows(kind, op, { sent, rejected }) {
      changes.inc({ kind, op, outcome: 'sent' }, sent)
      changes.inc({ kind, op, outcome: 'rejected' }, rejected)
    },
  }
}
