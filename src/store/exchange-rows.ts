import type { ClaimedExchange, Exchange, FailureReason, TakenOver } from './port.ts'

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

/** A generation of another CRM account that holds an apiKey. */
export interface HolderRow {
  id: string
  connection_id: string
  crm_account_id: string
  generation: number
  status: string
}

export const toTakenOver = ({ crm_account_id, generation, status }: HolderRow): TakenOver => ({
  crmAccountId: crm_account_id,
  generation,
  disconnected: status === 'current',
})

/** After these, Wazzup may hold our crmKey and send webhooks with it. */
export const WAZZUP_MAY_KNOW: readonly FailureReason[] = ['restart_needed', 'bad_answer']
