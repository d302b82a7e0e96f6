import { all, sql, type Steps } from './operation.ts'

/** The locks that an operation holds, by name. It holds all of them before it looks at anything that it decides by. */
export type Locks = Steps<string[]>

interface Row {
  name: string
}

const ofAccount = (crmAccountId: string) => `account ${crmAccountId}`

/** Of one CRM account. */
// eslint-disable-next-line require-yield -- it asks nothing, but others like it do
export function* accountLock({ crmAccountId }: { crmAccountId: string }): Locks {
  return [ofAccount(crmAccountId)]
}

const OF_ATTEMPT = sql<Row>(`
  SELECT 'account ' || crm_account_id AS name FROM attempts WHERE id = @attemptId AND crm_account_id IS NOT NULL
  UNION ALL SELECT 'state ' || state_hash FROM attempts WHERE id = @attemptId`)

/** Of the CRM account that an attempt is for, and of its state, which two accounts may hold. */
export function* attemptLocks({ attemptId }: { attemptId: string }): Locks {
  return names(yield* all(OF_ATTEMPT, { attemptId }))
}

const OF_EXCHANGE = sql<Row>(
  "SELECT 'account ' || crm_account_id AS name FROM exchanges WHERE state_hash = @stateHash",
)

/** Of the CRM account of an exchange. */
export function* exchangeLock(stateHash: string): Locks {
  return names(yield* all(OF_EXCHANGE, { stateHash }))
}

const OF_GENERATION = sql<Row>(`
  SELECT 'account ' || crm_account_id AS name FROM connections WHERE id = (
    SELECT connection_id FROM generations WHERE id = @generationId)`)

/** Of the CRM account of a generation. */
export function* generationLock(generationId: string): Locks {
  return names(yield* all(OF_GENERATION, { generationId }))
}

const OF_KEYS = sql<Row>(`
  WITH mine AS (
    SELECT crm_account_id, own.connection_id, own.wazzup_account
    FROM exchanges JOIN generations AS own ON own.id = generation_id WHERE state_hash = @stateHash),
  coming AS (
    SELECT CAST(@apiKeyHash AS text) AS hash, wazzup_account FROM mine
    UNION ALL SELECT kept_key_hash, older.wazzup_account FROM generations AS older
      JOIN mine ON mine.connection_id = older.connection_id WHERE kept_key_hash IS NOT NULL)
  SELECT 'account ' || crm_account_id AS name FROM mine
  UNION SELECT 'apiKey ' || hash FROM coming WHERE hash IS NOT NULL
  UNION SELECT 'Wazzup account ' || wazzup_account FROM coming WHERE wazzup_account IS NOT NULL
  UNION SELECT 'account ' || crm_account_id FROM coming
    JOIN generations AS rival ON rival.api_key_hash = hash JOIN connections ON connections.id = rival.connection_id`)

/**
 * Of what may become current for an exchange: its CRM account, its apiKey and those that its account has kept, their Wazzup
 * accounts, and the CRM accounts that hold them now, from which they may be taken.
 */
export function* keyLocks({ stateHash, apiKeyHash = null }: Keys): Locks {
  return names(yield* all(OF_KEYS, { stateHash, apiKeyHash }))
}

interface Keys {
  stateHash: string
  apiKeyHash?: string | null
}

/** Of whether new customers may connect. */
// eslint-disable-next-line require-yield -- it asks nothing, but others like it do
export function* installsLock(): Locks {
  return ['installs']
}

const names = (rows: readonly Row[]) => rows.map(({ name }) => name)
