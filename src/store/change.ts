import type { CurrentKey } from './key.ts'
import type { Claim, Committed, Lease } from './lease.ts'

/** What a CRM may change after the first upload. */
export type ChangeKind = 'users' | 'contacts' | 'deals'

export type ChangeOp = 'upsert' | 'delete'

/** What goes to Wazzup together. */
export interface Stage {
  kind: ChangeKind
  op: ChangeOp
}

/** In this order: contacts and deals refer to users, deals to contacts; what is referred to comes first and goes last. */
export const STAGES: readonly Stage[] = [
  { kind: 'users', op: 'upsert' },
  { kind: 'contacts', op: 'upsert' },
  { kind: 'deals', op: 'upsert' },
  { kind: 'deals', op: 'delete' },
  { kind: 'contacts', op: 'delete' },
  { kind: 'users', op: 'delete' },
]

/** A change as the CRM tells it. */
export interface NewChange {
  /** A new name for this very change. */
  id: string
  kind: ChangeKind
  /** The CRM's own id of what is changed. */
  rowId: string
  /** The row as JSON; null where it is deleted. */
  row: string | null
}

/** A change that waits. */
export interface WaitingChange {
  id: string
  rowId: string
  /** Its place among those of the connection. */
  number: number
  row: () => string | null
}

/** Changes that go together; all of one kind and one op. */
export interface ChangeBatch extends Stage {
  changes: WaitingChange[]
}

/** A queue that a runner has taken: nobody else sends its changes until the lease ends. */
export interface ClaimedChanges extends Claim {
  key: CurrentKey
  /** Unusable answers in a row. */
  tries: number
}

/** What could not be sent, or not as it was. */
export interface ChangeReject extends Stage {
  rowId: string
  reason: string
}

/** One commit of a runner: changes that are over, and what is to be told about them. */
export interface ChangeCommit extends Stage {
  /** Names of the changes: a later one of the same id stays. */
  over: readonly string[]
  sent: number
  rejected: number
  /** Of those that were not sent, and those that went without a part of them. */
  rejects: readonly Pick<ChangeReject, 'rowId' | 'reason'>[]
  /** Milliseconds from now for which nobody else takes the queue. */
  lease: number
}

/** How a runner leaves a queue. `wait`: milliseconds until the next one may take it. */
export interface ChangeRelease {
  /** What it waits for: a code. */
  reason: string | null
  wait: number
  tries: number
}

/** How far the changes of a connection have got. */
export interface ChangesStanding {
  waiting: number
  /** Milliseconds for which the oldest has waited; null while none does. */
  oldest: number | null
  /** Since the first change of the connection. */
  sent: number
  rejected: number
  /** That nobody wanted any more: at a disconnect, or as an upload has brought newer. */
  dropped: number
  /** A code: what those that wait are kept for. */
  waitsFor: string | null
}

export type Accepted =
  /** `waiting`: so many do now. */
  | { kind: 'accepted'; waiting: number }
  | { kind: 'unknown' }
  /** Disconnected, or Wazzup refuses the apiKey. */
  | { kind: 'not_connected' }
  /** With these there would be more than `MOST_WAITING`. */
  | { kind: 'full' }

/** Rows that an upload has brought. `upTo`: what `ChangeStore.latest` said before they were read. */
export interface Brought {
  kind: string
  ids: readonly string[]
  upTo: number
}

/** What the CRM has changed and Wazzup does not have yet, one queue per connection. */
export interface ChangeStore {
  /** All of them or none. A later change of an id takes the place of one that waits. No id comes twice. */
  accept(crmAccountId: string, changes: readonly NewChange[]): Promise<Accepted>
  /** Null when this CRM account has never been connected. */
  find(crmAccountId: string): Promise<ChangesStanding | null>
  /** In the order in which they came, those behind number `after`. */
  rejects(
    crmAccountId: string,
    page: { after: number; limit: number },
  ): Promise<(ChangeReject & { number: number; at: Date })[]>
  /** Takes the queue that has been due the longest; none whose connection uploads its data, or whose key Wazzup refuses. */
  claimDue(lease: Lease): Promise<ClaimedChanges | null>
  /** What is to be sent next, the oldest first; null when nothing waits, or the claim is gone. */
  batch(claim: Claim, limit: number): Promise<ChangeBatch | null>
  /** Others of the same stage that wait, behind the place `after`. */
  others(claim: Claim, place: Stage & { after: number; limit: number }): Promise<WaitingChange[]>
  /** Lengthens the lease. False when the claim is gone: taken over, reconnected, disconnected, or refused. */
  renew(claim: Claim, lease: number): Promise<boolean>
  /** Writes down what has become of some. */
  commit(claim: Claim, commit: ChangeCommit): Promise<Committed>
  /** Gives the queue back. False when it is not the caller's any more. */
  release(claim: Claim, release: ChangeRelease): Promise<boolean>
  /** For an upload, before it reads: up to which change its rows are newer. Null when none waits. */
  latest(generationId: string): Promise<number | null>
  /** For the metrics: `oldest` as above, of all connections whose apiKey Wazzup takes, or 0. */
  counts(): Promise<{ waiting: number; oldest: number }>
}

/** Changes of one connection that may wait. */
export const MOST_WAITING = 100_000

/** Rejects that are kept of one connection, the latest. */
export const MOST_CHANGE_REJECTS = 10_000

/** The number of a stage in their order. */
export const placeOfStage = ({ kind, op }: Stage): number =>
  STAGES.findIndex((stage) => stage.kind === kind && stage.op === op)

/** Where a change stands among the stages. */
export const placeOfChange = ({ kind, row }: Pick<NewChange, 'kind' | 'row'>): number =>
  placeOfStage({ kind, op: row === null ? 'delete' : 'upsert' })

/** The stage with such a number. */
export function stageAt(place: number): Stage {
  const stage = STAGES[place]
  if (!stage) throw new Error(`There is no stage ${place}`)
  return stage
}

/** One row of `row_changes`. */
export interface ChangeRow {
  id: string
  row_id: string
  stage: number
  number: number
  row_sealed: string | null
}

export const toWaitingChange = ({ id, row_id, number, row_sealed }: ChangeRow): WaitingChange => ({
  ...{ id, rowId: row_id, number },
  row: () => row_sealed,
})

/** Of uploads that have data of the customer's to send: all of it while no step is written down. The webhooks address is none. */
export const BRINGS_DATA = `(uploads.status IN ('waiting', 'running') AND (
  NOT EXISTS (SELECT 1 FROM upload_steps WHERE upload_steps.generation_id = uploads.generation_id)
  OR EXISTS (SELECT 1 FROM upload_steps WHERE upload_steps.generation_id = uploads.generation_id
    AND upload_steps.kind <> 'webhooks' AND upload_steps.status IN ('waiting', 'running'))))`
