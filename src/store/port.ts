import type {
  Attempt,
  AttemptMove,
  ClaimResult,
  Connected,
  Connection,
  Exchange,
  Failure,
  NewAttempt,
  NewExchange,
  Parked,
  ResolvedKey,
} from './records.ts'

export type * from './records.ts'

/**
 * What the flows need from a database. Every engine must pass `test/contracts/store.ts`.
 *
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
  parked: ParkedStore
  sealingKeys: SealingKeyStore
  /** Erases what is no longer needed, at most `limit` rows of a kind. Resolves to how many it touched. */
  cleanUp(now: Date, limit: number): Promise<number>
  /** Resolves when the database answers. */
  ping(): Promise<void>
  close(): Promise<void>
}

export interface AttemptStore {
  open(attempt: NewAttempt): Promise<void>
  find(id: string): Promise<Attempt | null>
  /** False when the attempt is not in a `from` status, or its time is over. True for one caller only. */
  move(id: string, move: AttemptMove, now: Date): Promise<boolean>
}

export interface ExchangeStore {
  /** First commit of an exchange: moves the attempt to `confirmed`, burns the state, stores the crmKey. */
  claim(exchange: NewExchange): Promise<ClaimResult>
  /** Whether another exchange of the attempt's CRM account is being sent. */
  isBusy(attemptId: string, now: Date): Promise<boolean>
  /** Takes an exchange again that ended in `wazzup_unavailable`, once its pause is over; null for all callers but one. */
  reclaim(stateHash: string, now: Date, leaseUntil: Date): Promise<Exchange | null>
  /** Takes the next pending exchange whose lease or pause is over. */
  claimDue(now: Date, leaseUntil: Date): Promise<Exchange | null>
  /** Second commit: keys current, older generation superseded, audit, upload. False when it was settled already. */
  record(connected: Connected): Promise<boolean>
  /** Ends a pending exchange. False when it was settled already. */
  fail(stateHash: string, failure: Failure): Promise<boolean>
  /** Leaves it pending until `dueAt`, after an answer that was lost: Wazzup may have acted. */
  postpone(stateHash: string, dueAt: Date): Promise<void>
  find(stateHash: string): Promise<Exchange | null>
}

export interface ConnectionStore {
  /** Null when this CRM account has never been connected. */
  find(crmAccountId: string): Promise<Connection | null>
}

export interface KeyStore {
  /** Null for a key that never was, has ended, or whose grace is over. */
  find(crmKeyHash: string, now: Date): Promise<ResolvedKey | null>
}

export interface ClaimStore {
  /** True for exactly one caller per key. The claim may be forgotten after `until`. */
  claim(key: string, until: Date): Promise<boolean>
}

/** Login answers that came by POST, kept for seconds. */
export interface ParkedStore {
  /** One per attempt: a later one takes its place. */
  put(parked: Parked): Promise<void>
  find(idHash: string, now: Date): Promise<string | null>
}

/** The keys that have sealed something in this database, each with a sealed value to try it on. */
export interface SealingKeyStore {
  all(): Promise<{ id: string; probe: string }[]>
  add(key: { id: string; probe: string }): Promise<void>
}
