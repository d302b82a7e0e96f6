import type { AttemptStore, ParkedStore } from './attempt.ts'
import type { Actor, AuditStore } from './audit.ts'
import type { ChangeStore } from './change.ts'
import type {
  ChangedConnectionStore,
  Connection,
  ConnectionPage,
  Holder,
  NextTry,
  UntriedKey,
} from './connection.ts'
import type { StoreCounts } from './counts.ts'
import type {
  ClaimedExchange,
  ClaimResult,
  Connected,
  Due,
  Exchange,
  ExchangeClaim,
  Failed,
  Failure,
  LatestExchange,
  NewExchange,
  Postponement,
  Recorded,
} from './exchange.ts'
import type { DeliveryStore } from './delivery.ts'
import type { Kept, PersonStore, Remains } from './erasure.ts'
import type { InstallsStore } from './installs.ts'
import type { CurrentKey, KeyStore, SeenHealth } from './key.ts'
import type { Claim, Committed, Lease, Noted } from './lease.ts'
import type { SealedValueStore, SealingKeyStore } from './sealing-records.ts'
import type { ClaimStore, NoteStore } from './short-lived.ts'
import type { SupportStore } from './support.ts'
import type { SwitchOffStore } from './switch-off.ts'
import type {
  AddressCheck,
  ClaimedUpload,
  Upload,
  UploadCommit,
  UploadCounts,
  UploadKind,
  UploadReject,
  UploadRelease,
  UploadStep,
} from './upload.ts'

export type * from './attempt.ts'
export type * from './audit.ts'
export type * from './change.ts'
export type * from './connection.ts'
export type * from './counts.ts'
export type * from './delivery.ts'
export type * from './erasure.ts'
export type * from './exchange.ts'
export type * from './installs.ts'
export type * from './key.ts'
export type * from './lease.ts'
export type * from './sealing-records.ts'
export type * from './short-lived.ts'
export type * from './support.ts'
export type * from './switch-off.ts'
export type * from './upload.ts'

/**
 * What the flows need from a database. Every engine must pass `test/contracts/store.ts`.
 * All of it is asynchronous; every method that changes something is one transaction, and every claim one statement, so
 * that it holds over several replicas. Engines keep texts as they get them: sealing is done above, in `sealed.ts`.
 * A method throws `StoreUnavailable` when the database cannot do it now; nothing of the call was done then.
 */
export interface Store {
  attempts: AttemptStore
  exchanges: ExchangeStore
  connections: ConnectionStore
  keys: KeyStore
  claims: ClaimStore
  notes: NoteStore
  parked: ParkedStore
  uploads: UploadStore
  changes: ChangeStore
  switchOffs: SwitchOffStore
  deliveries: DeliveryStore
  installs: InstallsStore
  audit: AuditStore
  support: SupportStore
  sealingKeys: SealingKeyStore
  sealedValues: SealedValueStore
  /** Erases what is no longer needed, at most `limit` rows of a kind. Resolves to how many it touched. `kept`: by default for good. */
  cleanUp(now: Date, limit: number, kept?: Kept): Promise<number>
  /**
   * After an erasure: has the engine's files forget what was emptied, as far as it can. `whole`: however long that keeps writers
   * waiting. Resolves to what may still hold it.
   */
  wipe(how: { whole: boolean }): Promise<Remains[]>
  /** Of all connections and jobs. Asked for at every scrape of the metrics, so it has to be cheap. */
  counts(): Promise<StoreCounts>
  /** Resolves when the database answers, and would let us begin a write. Nothing is written. */
  ping(): Promise<void>
  /** What the database's clock says, in milliseconds since 1970; null where it has none of its own. */
  databaseTime(): Promise<number | null>
  /** Writes the one row that is kept for it, and resolves when that is committed. */
  proveWritable(now: Date): Promise<void>
  close(): Promise<void>
}

export interface ExchangeStore {
  /**
   * First commit of an exchange: moves the attempt to `confirmed`, burns the state, stores the crmKey. Not while another
   * exchange of the CRM account is being sent, nor when what it replaces is not what the person was shown.
   */
  claim(exchange: NewExchange): Promise<ClaimResult>
  /** Whether another exchange of the attempt's CRM account is being sent: for the page, which says so. `claim` decides. */
  isSendingAnother(attemptId: string): Promise<boolean>
  /** Takes an exchange again that ended in `wazzup_unavailable`, once its pause is over; null for all callers but one. */
  reclaim(stateHash: string, due: Due): Promise<ClaimedExchange | null>
  /** Takes the next pending exchange whose lease or pause is over. */
  claimDue(due: Due): Promise<ClaimedExchange | null>
  /**
   * Second commit: keys current, older generation superseded, audit, upload. An exchange that was given up takes a late
   * key, too, unless its generation has ended or a newer one has a key; while a newer one is open, the key is kept.
   */
  record(connected: Connected): Promise<Recorded>
  /** Lengthens the lease by so many milliseconds from now. False when it is gone: taken over, or settled. */
  renew(claim: ExchangeClaim, lease: number): Promise<boolean>
  /** Ends a pending exchange. */
  fail(claim: ExchangeClaim, failure: Failure): Promise<Failed>
  /** Leaves it pending, to be sent again. False when the claim is gone. */
  postpone(claim: ExchangeClaim, until: Postponement): Promise<boolean>
  /** The two latest exchanges of a CRM account, the newest first. */
  latestOf(crmAccountId: string): Promise<LatestExchange[]>
  find(stateHash: string): Promise<Exchange | null>
  /** The same with what would be sent. */
  peek(stateHash: string): Promise<ClaimedExchange | null>
}

export interface ConnectionStore extends ChangedConnectionStore, PersonStore {
  /** Null when this CRM account has never been connected. */
  find(crmAccountId: string): Promise<Connection | null>
  /** In the order of their CRM accounts. */
  list(page: ConnectionPage): Promise<Connection[]>
  /** Whose current keys are for one of these Wazzup accounts, in the order of their CRM accounts. */
  holders(wazzupAccountIds: readonly string[]): Promise<Holder[]>
  /**
   * Ends the connection with all its keys, also those of an exchange under way: from the commit on nothing resolves. Its
   * webhooks are to be switched off; `taken`: the first try is the caller's. False when there is nothing to end.
   */
  disconnect(crmAccountId: string, by: Actor & { taken?: Lease }, now: Date): Promise<boolean>
  /**
   * Notes that Wazzup refuses the apiKey of a generation, or takes it again. False when nothing has changed: it was so before, or
   * the generation is not the current one any more. A refused key ends an unfinished upload as `failed` with `key_refused`; once
   * it is taken again, that upload is queued, to go on where it stood. A refused key is tried again after `FIRST_PAUSE`.
   */
  noteHealth(generationId: string, health: 'valid' | 'invalid', now: Date): Promise<boolean>
  /**
   * Takes an apiKey that is refused and whose pause is over; else the one that has gone untried the longest, if that is
   * `interval` milliseconds or more, or it is new.
   */
  claimProbe(lease: Lease, interval: number): Promise<UntriedKey | null>
  /** Gives it back, and notes what was seen as `noteHealth` does: both or, when the claim is gone, neither. */
  noteProbe(claim: Claim, next: NextTry, seen?: SeenHealth): Promise<Noted>
}

/** First uploads, one per generation of keys; `ExchangeStore.record` queues the first run. */
export interface UploadStore {
  /** Of the current keys; null when there is none. */
  find(crmAccountId: string): Promise<Upload | null>
  ofGeneration(generationId: string): Promise<Upload | null>
  /**
   * Queues a run from the beginning: the steps named, which lose what they had; the others stay as they are. One that
   * has never begun still has its whole plan to do, whatever is named. A run that is under way finds its claim gone.
   * False when the CRM account is not connected.
   */
  start(crmAccountId: string, kinds: readonly UploadKind[], now: Date): Promise<boolean>
  /** Takes the upload that has been due the longest, as `runner`; those whose keys Wazzup refuses are left alone. */
  claimDue(lease: Lease): Promise<ClaimedUpload | null>
  /** Lengthens the lease. False when the claim is gone: taken over, restarted, disconnected, or refused. */
  renew(claim: Claim, lease: number): Promise<boolean>
  commit(claim: Claim, commit: UploadCommit): Promise<Committed>
  /** Gives it back. False when it is gone. */
  release(claim: Claim, release: UploadRelease): Promise<boolean>
  /** In the order in which they came, those behind number `after`. */
  rejects(
    generationId: string,
    page: { after: number; limit: number },
  ): Promise<(UploadReject & { number: number })[]>
  /** Takes the upload whose address was neither registered nor compared for the longest, `interval` milliseconds at least. */
  claimCheck(lease: Lease, interval: number): Promise<{ key: CurrentKey; steps: UploadStep[] } | null>
  /** Writes down what a comparison has shown. False when the claim is gone, or a run has begun meanwhile: it sees more. */
  noteCheck(claim: Claim, check: AddressCheck): Promise<boolean>
  /** Gives it back, as `noteProbe` does. The address counts as uncompared since `ago` milliseconds. */
  endCheck(claim: Claim, ago: number, seen?: SeenHealth): Promise<Noted>
  /** Of all connections. Asked for at every scrape, so it has to be cheap. */
  counts(): Promise<UploadCounts>
}
