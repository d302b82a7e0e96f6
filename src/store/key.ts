/** The keys that a connection uses now. */
export interface CurrentKey {
  connectionId: string
  generationId: string
  crmAccountId: string
  generation: number
  apiKey: () => string | null
}

/** The same for a worker that registers the webhooks address. */
export interface CurrentKeys extends CurrentKey {
  /** Null where a later connection of another CRM account is for the same Wazzup account: its crmKey is Wazzup's. */
  crmKey: () => string | null
}

/** What a crmKey resolves to. */
export interface ResolvedKey extends CurrentKey {
  crmAccountName: string
  wazzupAccountId: string | null
  keyStatus: 'pending' | 'current' | 'previous'
}

export interface CurrentKeyRow {
  generation_id: string
  connection_id: string
  crm_account_id: string
  generation: number
  api_key_sealed: string | null
}

export interface CurrentKeysRow extends CurrentKeyRow {
  crm_key_sealed: string | null
}

export interface ResolvedKeyRow extends CurrentKeyRow {
  crm_account_name: string
  wazzup_account_id: string | null
  status: 'pending' | 'current' | 'previous' | 'abandoned'
}

/** Condition on `lookups`, which has none that has ended: its crmKey resolves at this moment. An older one does until its grace is over. */
export const IN_GRACE = '(resolves_until IS NULL OR resolves_until > {now})'

const KEY_STATUS = {
  pending: 'pending',
  abandoned: 'pending',
  current: 'current',
  previous: 'previous',
} as const

export const toCurrentKey = (row: CurrentKeyRow): CurrentKey => ({
  connectionId: row.connection_id,
  generationId: row.generation_id,
  crmAccountId: row.crm_account_id,
  generation: row.generation,
  apiKey: () => row.api_key_sealed,
})

export const toCurrentKeys = (row: CurrentKeysRow): CurrentKeys => ({
  ...toCurrentKey(row),
  crmKey: () => row.crm_key_sealed,
})

/** Field by field: every webhook takes this way. */
export const toResolvedKey = (row: ResolvedKeyRow): ResolvedKey => ({
  connectionId: row.connection_id,
  generationId: row.generation_id,
  crmAccountId: row.crm_account_id,
  generation: row.generation,
  apiKey: () => row.api_key_sealed,
  crmAccountName: row.crm_account_name,
  wazzupAccountId: row.wazzup_account_id,
  keyStatus: KEY_STATUS[row.status],
})

/** What Wazzup has said of an apiKey. */
export interface SeenHealth {
  health: 'valid' | 'invalid'
  now: Date
}

export interface KeyStore {
  /** Null for a key that never was, has ended, or whose grace is over. */
  find(crmKeyHash: string): Promise<ResolvedKey | null>
  /** Null when the CRM account is not connected. */
  current(crmAccountId: string): Promise<CurrentKey | null>
}
