import type { Place } from '../crypto/sealer.ts'
import type { SealedColumn } from './port.ts'

const sealedColumn = (table: string, rowColumn: string, binding: string): SealedColumn => ({
  ...{ table, rowColumn, binding, boundTo: table },
  column: `${binding}_sealed`,
})

const apiKey = sealedColumn('generations', 'id', 'api_key')

export const SEALED = {
  stateOfAttempt: sealedColumn('attempts', 'id', 'state'),
  login: sealedColumn('attempts', 'id', 'login'),
  stateOfExchange: sealedColumn('exchanges', 'generation_id', 'state'),
  crmKey: sealedColumn('generations', 'id', 'crm_key'),
  apiKey,
  // An apiKey of a generation, wherever it waits: the store moves it without opening it.
  keptKey: { ...apiKey, column: 'kept_key_sealed' },
  switchOffKey: { ...apiKey, table: 'switch_offs', rowColumn: 'generation_id' },
  delivery: sealedColumn('deliveries', 'id', 'body'),
  changedRow: sealedColumn('row_changes', 'id', 'row'),
  parkedAnswer: sealedColumn('parked', 'id_hash', 'answer'),
} as const satisfies Record<string, SealedColumn>

/** All of them, longest-lived last: what a rotation walks through. */
export const SEALED_COLUMNS: readonly SealedColumn[] = Object.values(SEALED)

/** Where the value of one row is bound to. */
export const placeOf = ({ boundTo, binding }: SealedColumn, row: string): Place => ({
  table: boundTo,
  row,
  column: binding,
})
