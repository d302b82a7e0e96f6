import type { ClaimedExchange, Due, Exchange, FailureReason, TakenOver } from './port.ts'

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
  due_at: number
  created_at: number
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
  dueAt: new Date(row.due_at),
  createdAt: new Date(row.created_at),
  upload: row.upload_status === null ? null : { status: row.upload_status },
})

export const toClaimedExchange = (row: ExchangeRow): ClaimedExchange => ({
  ...toExchange(row),
  state: row.state_sealed,
  crmKey: row.crm_key_sealed,
})

/**
 * Condition on `exchanges`: this process can open what is to be sent, or its time is over. `list` is how an engine reads
 * the parameter `@opens` as rows of `prefix (value)`.
 */
export function readable(list: string): string {
  const opens = (column: string) => `EXISTS (
    SELECT 1 FROM ${list} WHERE substr(${column}, 1, length(prefix.value)) = prefix.value)`
  return `(exchanges.created_at <= @givenUpBefore OR (${opens('state_sealed')} AND EXISTS (
    SELECT 1 FROM generations WHERE generations.id = generation_id AND ${opens('crm_key_sealed')})))`
}

/** Every value begins with nothing. */
const ALL = ['']

export const dueValues = ({ now, leaseUntil, givenUpBefore, opens = ALL }: Due) => ({
  ...{ now: now.getTime(), leaseUntil: leaseUntil.getTime() },
  ...{ givenUpBefore: givenUpBefore.getTime(), opens },
})

/**
 * Condition on `exchanges`: an apiKey that comes now is kept. An exchange that was only given up, in `restart_needed` or
 * `bad_answer`, takes it as well: the key in hand says that Wazzup has accepted. It comes too late once its generation has
 * ended, by a refusal or a disconnect, and once a newer confirmation of the account has its own key.
 */
export const TAKES_A_KEY = `exchanges.status <> 'connected' AND EXISTS (
    SELECT 1 FROM generations AS mine
    WHERE mine.id = exchanges.generation_id AND mine.status IN ('pending', 'abandoned')
      AND (exchanges.status = 'pending' OR NOT EXISTS (
        SELECT 1 FROM generations AS newer
        WHERE newer.connection_id = mine.connection_id AND newer.generation > mine.generation
          AND newer.status = 'current')))`

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
