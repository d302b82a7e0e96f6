import type { Place } from '../crypto/sealer.ts'

/**
 * A column that holds sealed values. A value is bound to `table`, to the row that `rowColumn` names, and to `binding`,
 * so these names are part of every value already stored: they may never change, whatever becomes of the schema.
 */
export interface SealedColumn {
  table: string
  rowColumn: string
  column: string
  binding: string
}

const sealedColumn = (table: string, rowColumn: string, binding: string): SealedColumn => ({
  ...{ table, rowColumn, binding },
  column: `${binding}_sealed`,
})

export const SEALED = {
  stateOfAttempt: sealedColumn('attempts', 'id', 'state'),
  login: sealedColumn('attempts', 'id', 'login'),
  stateOfExchange: sealedColumn('exchanges', 'generation_id', 'state'),
  crmKey: sealedColumn('generations', 'id', 'crm_key'),
  apiKey: sealedColumn('generations', 'id', 'api_key'),
  parkedAnswer: sealedColumn('parked', 'id_hash', 'answer'),
} as const satisfies Record<string, SealedColumn>

/** All of them, longest-lived last: what a rotation walks through. */
export const SEALED_COLUMNS: readonly SealedColumn[] = Object.values(SEALED)

/** Where the value of one row stands. */
export const placeOf = ({ table, binding }: SealedColumn, row: string): Place => ({
  table,
  row,
  column: binding,
})
