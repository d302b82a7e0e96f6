import type { Place } from '../crypto/sealer.ts'
import { hours, minutes } from '../shared/clock.ts'
import type { Lease } from './lease.ts'
import { moment } from './moment.ts'
import type { ChangeKind, ChangeOp } from './change.ts'
import type { UploadStatus, UploadStep } from './upload.ts'

/** How far a step of an upload has come, as the CRM is told: numbers and codes only. */
type StepFacts = Pick<UploadStep, 'kind' | 'status' | 'reason' | 'read' | 'sent' | 'rejected'>

/** Seals what the CRM is told; without one it is told nothing. */
export interface Teller {
  seal(text: string, place: Place): string
}

/** What the CRM is told about a connection. */
export type StoreEvent =
  | { type: 'connection.connected' }
  /** `previousWazzupAccountId`: of the keys before, if that was another Wazzup account. */
  | { type: 'connection.reconnected'; previousWazzupAccountId: string | null }
  | { type: 'connection.failed'; reason: string }
  | { type: 'connection.disconnected'; cause: 'operator' | 'taken_over' }
  /** Wazzup refuses the apiKey; and takes it once more. */
  | { type: 'connection.invalid' | 'connection.recovered' }
  | { type: 'upload.finished'; steps: StepFacts[] }
  | { type: 'upload.failed'; reason: string | null; steps: StepFacts[] }
  | { type: 'webhooks.registered' }
  | { type: 'webhooks.lost'; reason: string | null }
  | ({ type: 'changes.rejected' } & RejectedChanges)

/** Of one batch; `reasons`: also of what went without a part. */
interface RejectedChanges {
  kind: ChangeKind
  op: ChangeOp
  sent: number
  rejected: number
  reasons: { reason: string; count: number }[]
}

/** What the CRM is told about an upload that is over: how far each step has come, by numbers and codes. */
export function uploadEvent(
  status: UploadStatus,
  reason: string | null,
  ended: readonly UploadStep[],
): StoreEvent {
  const steps = ended.map(({ kind, status, reason, read, sent, rejected }) => ({
    ...{ kind, status, reason, read, sent, rejected },
  }))
  return status === 'failed' ? { type: 'upload.failed', reason, steps } : { type: 'upload.finished', steps }
}

/** Every event body: what all events have in common, and what its type needs. */
export interface EventBody {
  type: StoreEvent['type']
  /** ISO 8601. */
  timestamp: string
  data: EventData
}

type EventData = {
  crmAccountId: string
  connectionId: string
  wazzupAccountId: string | null
  generation: number
  /** Grows by one per connection. */
  sequence: number
} & Record<string, unknown>

/** `waiting`: to be sent. `failed`: not tried any more, until somebody says so. `dropped`: not wanted, by the receiver or an operator. */
type DeliveryStatus = 'waiting' | 'delivered' | 'failed' | 'dropped'

/** One POST that we owe to the vendor. */
export interface Delivery {
  /** Grows with every delivery. */
  number: number
  /** The same in every try: the receiver knows a repeated one by it. */
  id: string
  connectionId: string
  crmAccountId: string
  sequence: number
  type: string
  status: DeliveryStatus
  createdAt: Date
  tries: number
  /** A code: why the last try did not succeed, or why it was dropped. */
  reason: string | null
  /** When it is tried next; null for one that waits for those before it, and one that is over. */
  dueAt: Date | null
  endedAt: Date | null
}

/** A delivery that `runner` has taken. */
export interface TakenDelivery {
  id: string
  connectionId: string
  crmAccountId: string
  runner: string
  type: string
  tries: number
  createdAt: Date
  body: () => string
}

export interface DeliveryPage {
  crmAccountId: string | null
  status: DeliveryStatus | null
  /** The number after which the page begins. */
  after: number
  limit: number
}

/** How a try went wrong, and how long to pause: milliseconds. */
export interface Refused {
  reason: string
  wait: number
}

/**
 * What we owe to the vendor's servers. Each is written in the transaction of what it tells. Of one connection they are sent
 * in order, one at a time.
 */
export interface DeliveryStore {
  /**
   * Takes the one that has been due the longest, of those that this process can open: `opens`, beginnings of sealed values. Who asks
   * at the same time shares one commit, by the terms of the first, and gets one of another connection.
   */
  claimDue(lease: Lease & { opens?: readonly string[] }): Promise<TakenDelivery | null>
  /**
   * It is over, and the next of its connection is due. Those that end at the same time share one commit, also with those that are taken
   * at the same time. False when the claim is gone.
   */
  end(
    taken: TakenDelivery,
    how: { status: Exclude<DeliveryStatus, 'waiting'>; reason: string | null },
  ): Promise<boolean>
  /**
   * It is tried again after the pause. One that is refused for `ASIDE_AFTER` while others are taken, or for `DELIVERY_TRIED_FOR` whatever
   * becomes of others, steps aside as `failed`, so that those behind it are sent. After an absence of the receiver it stays as
   * long as others are taken that have waited, too.
   */
  refused(taken: TakenDelivery, how: Refused): Promise<'waits' | 'failed' | 'gone'>
  /** After the receiver was away: all that pause are due at once. */
  endPauses(): Promise<number>
  list(page: DeliveryPage): Promise<Delivery[]>
  find(id: string): Promise<(Delivery & { body: () => string | null }) | null>
  /** An operator's word: to be sent at once, with a new patience. False for one that is delivered, dropped or not there. */
  retry(id: string): Promise<boolean>
  /** An operator's word: not to be sent. False for one that is over or not there. */
  drop(id: string): Promise<boolean>
  /** For the metrics: `oldest` is how long the oldest that waits has waited, in milliseconds. */
  counts(): Promise<{ waiting: number; failed: number; oldest: number }>
}

/** A delivery that is refused for so long steps aside, if others are taken meanwhile. */
export const ASIDE_AFTER = minutes(10)

/** For so long each is tried, while the receiver does not take it. */
export const DELIVERY_TRIED_FOR = hours(72)

/** What is over can be looked at for so long; one that has failed, longer: it may still be sent. */
export const ENDED_KEPT = hours(72)
export const FAILED_KEPT = hours(30 * 24)

/** One row of `deliveries`, with its account. */
export interface DeliveryRow {
  number: number
  id: string
  connection_id: string
  crm_account_id: string
  sequence: number
  type: string
  status: DeliveryStatus
  created_at: number
  tries: number
  reason: string | null
  due_at: number | null
  ended_at: number | null
}

export const toDelivery = (row: DeliveryRow): Delivery => ({
  number: row.number,
  id: row.id,
  connectionId: row.connection_id,
  crmAccountId: row.crm_account_id,
  sequence: row.sequence,
  type: row.type,
  status: row.status,
  createdAt: new Date(row.created_at),
  tries: row.tries,
  reason: row.reason,
  dueAt: moment(row.due_at),
  endedAt: moment(row.ended_at),
})
