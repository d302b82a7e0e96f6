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
    const { table } = column
    for await (const page of sealedPages(values, column)) {
      const codes = page.map(({ row, sealed }) => whyClosed(sealer, sealed, placeOf(column, row)))
      tried.opened += codes.filter((code) => code === null).length
      tried.closed.push(
        ...page.flatMap(({ row }, at) => (codes[at] ? [{ code: codes[at], table, row }] : [])),
      )
    }
  }
  return tried
}

/** Why a value does not open: a code of SealError; null when it does. */
export function whyClosed(sealer: Sealer, sealed: string, place: Place): string | null {
  try {
    sealer.open(sealed, place)
    return null
  } catch (error) {
    if (error instanceof SealError) return error.code
    throw error
  }
}
