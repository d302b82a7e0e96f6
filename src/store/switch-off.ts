import { hours } from '../shared/clock.ts'
import type { Lease } from './lease.ts'

/** For so long it is tried to switch webhooks off; then the key is erased. */
export const TRIED_FOR = hours(24)

/** Why the webhooks of a generation are to be switched off: an operator's word, a move to another Wazzup account, a key that came late. */
export type SwitchOffCause = 'disconnected' | 'moved' | 'late'

/** Webhooks that are to be switched off, taken by `runner`. */
export interface SwitchOff {
  runner: string
  connectionId: string
  generationId: string
  crmAccountId: string
  wazzupAccountId: string | null
  cause: SwitchOffCause
  /**
   * How often it was taken, with this time. 0: at a disconnect during its upload, which may be registering the address this
   * moment, so that there is one more try, whatever comes of this one.
   */
  tries: number
  /** It is not tried again after this. */
  isLast: boolean
  apiKey: () => string | null
}

/**
 * Webhooks that are to be switched off at Wazzup, each with its own apiKey; kept for a day at most. `ExchangeStore.record` and
 * `ConnectionStore.disconnect` queue them.
 */
export interface SwitchOffStore {
  /** Takes the one that has been due the longest. */
  claimDue(lease: Lease): Promise<SwitchOff | null>
  /** Those that this runner has taken. */
  heldBy(runner: string): Promise<SwitchOff[]>
  /** The CRM accounts whose current key is for that Wazzup account, or is that very key. */
  usersOf(wazzupAccountId: string | null, apiKeyHash: string): Promise<string[]>
  /** Ends it and erases its key. False when the claim is gone. */
  end(taken: SwitchOff): Promise<boolean>
  /** Leaves it for `wait` milliseconds. False when the claim is gone. */
  postpone(taken: SwitchOff, wait: number): Promise<boolean>
}

export interface SwitchOffRow {
  generation_id: string
  connection_id: string
  crm_account_id: string
  wazzup_account_id: string | null
  api_key_sealed: string
  cause: SwitchOffCause
  tries: number
  is_last: number
  runner: string
}

export const toSwitchOff = (row: SwitchOffRow): SwitchOff => ({
  runner: row.runner,
  connectionId: row.connection_id,
  generationId: row.generation_id,
  crmAccountId: row.crm_account_id,
  wazzupAccountId: row.wazzup_account_id,
  cause: row.cause,
  tries: row.tries,
  isLast: row.is_last === 1,
  apiKey: () => row.api_key_sealed,
})
