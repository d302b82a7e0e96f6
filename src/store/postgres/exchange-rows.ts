import type { ExchangeRow } from '../exchange-rows.ts'
import { statement } from './statement.ts'

/** Rows as `toExchange` reads them. */
export const SELECT_EXCHANGE = statement<ExchangeRow>(`
  SELECT exchanges.*, generations.crm_key_sealed, uploads.status AS upload_status
  FROM exchanges
  JOIN generations ON generations.id = exchanges.generation_id
  LEFT JOIN uploads ON uploads.generation_id = exchanges.generation_id
  WHERE exchanges.state_hash = @stateHash`)
