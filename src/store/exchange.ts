import { minutes } from '../shared/clock.ts'
import type { FailureReason } from './attempt.ts'
import type { Lease } from './lease.ts'

/** The exchange of one state for an apiKey, and how far it got. */
export interface Exchange {
  stateHash: string
  /** Whether the state is still kept, to be sent again. */
  sendable: boolean
  name: string
  crmAccountId: string
  crmAccountName: string
  generationId: string
  attemptId: string
  status: 'pending' | 'connected' | 'failed'
  reason: FailureReason | null
  /** Whether an earlier answer may have been lost: from then on a refusal says nothing about the first sending. */
  maybeAnswered: boolean
  /** Nothing has happened at Wazzup so far, and it is sent again. */
  isWaitedOut: boolean
  tries: number
  /**
   * Milliseconds. While pending: until the recovery worker may take it. After `wazzup_unavailable`: until trying again makes
   * sense. Below 0 when that is over.
   */
  dueIn: number
  /** Milliseconds since the confirmation. */
  age: number
  /** The upload that a connect has queued. */
  upload: { status: string } | null
}

/** The name that Wazzup was told, and how it ended. */
export type LatestExchange = Pick<Exchange, 'name' | 'reason'>

/** An exchange with what is sent, always the same. Null once nothing will be sent any more, and when a value is damaged. */
export interface ClaimedExchange extends Exchange {
  /** Names its sender: the token of the lease. */
  runner: string | null
  state: string | null
  crmKey: string | null
  /** Why what is to be sent does not open here. */
  unreadable?: Error
}

/** What a sender shows with every write: it changes nothing once somebody else has taken the exchange. */
export type ExchangeClaim = Pick<ClaimedExchange, 'stateHash' | 'runner' | 'tries'>

/** A lost answer is asked for again until then, in milliseconds; any process may take what is older, to end it. */
export const GIVE_UP_AFTER = minutes(15)

/** Which exchanges a worker may take. */
export interface Due extends Lease {
  /** How the values begin that this process can open; without it, all. Those of others are left alone. Set by sealing. */
  opens?: readonly string[]
}

/** What a confirmation makes: the keys' generation and the exchange, with ids and values made by the flow. */
export interface NewExchange extends Lease {
  attemptId: string
  state: string
  name: string
  crmKey: string
  crmKeyHash: string
  generationId: string
  /** Used when this CRM account has no connection yet. */
  connectionId: string
  /** Where the confirming browser came from, for the audit. */
  address: string
  /** What the person was shown that this replaces: see `replacedBy`. */
  replaces: string
  /** For how many milliseconds the crmKey of an older exchange that this one makes pointless still resolves. */
  grace: number
}

export type ClaimResult =
  | { kind: 'claimed'; exchange: ClaimedExchange }
  /** Another exchange of this account is being sent: nothing was changed, to be asked again when it has ended. */
  | { kind: 'busy' }
  /** What would be replaced is not what the person was shown: nothing was changed, to be asked again. */
  | { kind: 'changed' }
  /** This account has confirmed the same state before: one exchange serves both attempts. */
  | { kind: 'joined' }
  /** Another CRM account has confirmed this state; the attempt is now failed. */
  | { kind: 'elsewhere' }
  /** The attempt was not waiting for a confirmation any more. */
  | { kind: 'not_open' }

export interface Connected {
  stateHash: string
  generationId: string
  apiKey: string
  apiKeyHash: string
  now: Date
  /** For how many milliseconds the crmKey of the older generation still resolves. */
  grace: number
  /** Whether a first upload is to be queued. */
  upload: boolean
  /** Whether that upload brings the data of the customer; without it, as `upload` says. */
  bringsData?: boolean
}

/** What became of an apiKey that Wazzup has handed out. */
export type Recorded =
  | { kind: 'connected'; takenOver: TakenOver[] }
  /** A newer confirmation of the CRM account is open: the key becomes current if that one comes to nothing. */
  | { kind: 'kept' }
  /** Used once more, to switch its webhooks off. */
  | { kind: 'unwanted'; older: Older }

/** The apiKey of an older confirmation, kept for the case that the newer one comes to nothing, has become current. */
export type Older = { takenOver: TakenOver[] } | null

/** A generation of another CRM account that held an apiKey which Wazzup has now handed to somebody else. It has ended. */
export interface TakenOver {
  crmAccountId: string
  generation: number
  /** It was the current one, so its connection is disconnected. */
  disconnected: boolean
}

/** How an exchange ends without a key. One that came late for an older confirmation then becomes current, as `Connected` says. */
export interface Failure extends Pick<Connected, 'now' | 'grace' | 'upload' | 'bringsData'> {
  /**
   * Keys are erased, with two exceptions: after `wazzup_unavailable` everything is kept for a reclaim, and when Wazzup
   * may know the crmKey, after `restart_needed` and `bad_answer`, it resolves for `grace`.
   */
  reason: FailureReason
  /** After so many milliseconds sending again makes sense. */
  retryIn: number
  /** What Wazzup, or the call, has said: for the support. */
  code?: string | null
}

/** For how many milliseconds nobody sends it; and whether an answer was lost, so that Wazzup may have acted. */
export interface Postponement {
  wait: number
  lost: boolean
  /** As in `Failure`. */
  code?: string | null
}

/** `gone`: the claim was. */
export type Failed = { kind: 'failed'; older: Older } | { kind: 'gone' }

/** One row of `exchanges` with what stands beside it. */
export interface ExchangeRow {
  state_hash: string
  state_sealed: string | null
  crm_key_sealed: string | null
  name: string
  crm_account_id: string
  crm_account_name: string
  generation_id: string
  attempt_id: string
  status: Exchange['status']
  reason: FailureReason | null
  maybe_answered: number
  in_flight: number
  tries: number
  due_in: number
  age: number
  runner: string | null
  upload_status: string | null
}

export const toExchange = (row: ExchangeRow): Exchange => ({
  stateHash: row.state_hash,
  sendable: row.state_sealed !== null,
  name: row.name,
  crmAccountId: row.crm_account_id,
  crmAccountName: row.crm_account_name,
  generationId: row.generation_id,
  attemptId: row.attempt_id,
  status: row.status,
  reason: row.reason,
  maybeAnswered: row.maybe_answered === 1,
  isWaitedOut: row.status === 'pending' && row.maybe_answered === 0 && (row.in_flight === 0 || row.tries > 1),
  tries: row.tries,
  dueIn: row.due_in,
  age: row.age,
  upload: row.upload_status === null ? null : { status: row.upload_status },
})

export const toClaimedExchange = (row: ExchangeRow): ClaimedExchange => ({
  ...toExchange(row),
  runner: row.runner,
  state: row.state_sealed,
  crmKey: row.crm_key_sealed,
})

/** After these, Wazzup may hold our crmKey and send webhooks with it. */
export const WAZZUP_MAY_KNOW: readonly FailureReason[] = ['restart_needed', 'bad_answer']
