import type { Attempt, AttemptStatus, FailureReason } from './port.ts'

/** One row of `attempts`. */
export interface AttemptRow {
  id: string
  state_hash: string
  state_sealed: string | null
  browser_hash: string
  status: AttemptStatus
  reason: FailureReason | null
  login_sealed: string | null
  user_id: string | null
  user_name: string
  crm_account_id: string
  crm_account_name: string
  role: string | null
  wazzup_account_id: string | null
  created_at: number
  expires_at: number
}

/** What a move sets that takes the identity away. */
export const NOBODY = { userId: null, userName: null, crmAccountId: null, crmAccountName: null, role: null }

export function toAttempt(row: AttemptRow): Attempt {
  return {
    id: row.id,
    stateHash: row.state_hash,
    state: row.state_sealed,
    browserHash: row.browser_hash,
    status: row.status,
    reason: row.reason,
    login: row.login_sealed,
    identity: row.user_id === null ? null : toIdentity(row, row.user_id),
    wazzupAccountId: row.wazzup_account_id,
    createdAt: new Date(row.created_at),
    expiresAt: new Date(row.expires_at),
  }
}

const toIdentity = (row: AttemptRow, userId: string) => ({
  userId,
  userName: row.user_name,
  crmAccountId: row.crm_account_id,
  crmAccountName: row.crm_account_name,
  role: row.role,
})

/** Of attempts without a user; both databases can count so far. */
export const ANY_NUMBER = 2 ** 31 - 1
