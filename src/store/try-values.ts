import { SealError, type Place, type Sealer } from '../crypto/sealer.ts'
import type { Store } from './port.ts'
import { placeOf, SEALED_COLUMNS } from './sealed-columns.ts'
import { sealedPages } from './sealed-pages.ts'

/** What came of opening every sealed value of a database. */
export interface TriedValues {
  /** Values that open. */
  opened: number
  /** Values that do not, with the code of SealError that says why. */
  closed: { code: string; table: string; row: string }[]
}

/** Opens every sealed value and writes nothing. */
export async function tryValues(values: Pick<Store, 'sealedValues'>, sealer: Sealer): Promise<TriedValues> {
  const tried: TriedValues = { opened: 0, closed: [] }
  for (const column of SEALED_COLUMNS) {
    for await (const page of sealedPages(values, column)) {
      for (const { row, sealed } of page) {
        const code = whyClosed(sealer, sealed, placeOf(column, row))
        if (code === null) tried.opened += 1
        else tried.closed.push({ code, table: column.table, row })
      }
    }
  }
  return tried
}

function whyClosed(sealer: Sealer, sealed: string, place: Place): string | null {
  try {
    sealer.open(sealed, place)
    return null
  } catch (error) {
    if (error instanceof SealError) return error.code
    throw error
  }
}
