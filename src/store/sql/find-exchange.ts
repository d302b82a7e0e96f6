import type { ExchangeRow } from '../exchange-rows.ts'
import { sql } from './operation.ts'

/** Rows as `toExchange` reads them. */
export const SELECT_EXCHANGE = sql<ExchangeRow>(`
  SELECT exchanges.state_hash, exchanges.state_sealed, generations.crm_key_sealed, exchanges.name, exchanges.crm_account_id,
    exchanges.crm_account_name, exchanges.generation_id, exchanges.attempt_id, exchanges.status, exchanges.reason,
    exchanges.maybe_answered, exchanges.tries, exchanges.due_at, exchanges.created_at, uploads.status AS upload_status
  FROM exchanges
  JOIN generations ON generations.id = exchanges.generation_id
  LEFT JOIN uploads ON uploads.generation_id = exchanges.generation_id
  WHERE exchanges.state_hash = @stateHash`)
