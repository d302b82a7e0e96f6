import { badRowsIn } from '../wazzup/upsert.ts'
import type { CallOutcome } from '../wazzup/authorized-call.ts'

/** A row on its way to Wazzup, and where it was read. */
export interface Outgoing {
  id: string
  position: number
  row: object
}

/** A row that Wazzup does not take. */
export interface Refused {
  row: Outgoing
  reason: string
}

type Refusal = Extract<CallOutcome, { kind: 'refused' }>

export interface Narrowed {
  batches: (readonly Outgoing[])[]
  refused: Refused[]
  withoutPhone: Outgoing[]
}

/** What is left to send of a refused batch: always less than before, so this ends. */
export function narrowed(batch: readonly Outgoing[], refusal: Refusal): Narrowed {
  const named = new Map(badRowsIn(refusal.data).map(({ index, fields }) => [index, fields]))
  const reasons = batch.map((_, index) => named.get(index))
  if (reasons.some((fields) => fields !== undefined)) {
    const refused = batch.flatMap((row, index) => {
      const fields = reasons[index]
      return fields ? [{ row, reason: ['refused', ...fields.filter(isName)].join(':') }] : []
    })
    return { batches: [batch.filter((_, index) => !reasons[index])], refused, withoutPhone: [] }
  }
  const shared = refusal.code === 'DUPLICATE_PHONE_NUMBER' ? sharedPhone(batch, refusal.data) : null
  if (shared) return shared
  const [only] = batch
  if (only && batch.length === 1) {
    const reason = `refused:${refusal.code ?? refusal.status}`
    return { batches: [], refused: [{ row: only, reason }], withoutPhone: [] }
  }
  return { batches: halves(batch), refused: [], withoutPhone: [] }
}

/** A batch of two or more in two parts. */
export function halves(batch: readonly Outgoing[]): (readonly Outgoing[])[] {
  const half = Math.ceil(batch.length / 2)
  return [batch.slice(0, half), batch.slice(half)]
}

/** A user whose phone somebody else has goes without it: it is only for the mobile app. */
function sharedPhone(batch: readonly Outgoing[], data: unknown): Narrowed | null {
  const phone = typeof data === 'object' && data !== null && 'phone' in data ? data.phone : undefined
  if (typeof phone !== 'string') return null
  const hasIt = ({ row }: Outgoing) => 'phone' in row && row.phone === phone
  const withoutPhone = batch.filter(hasIt)
  if (withoutPhone.length === 0) return null
  const without = (one: Outgoing) => (hasIt(one) ? { ...one, row: { ...one.row, phone: undefined } } : one)
  return { batches: [batch.map(without)], refused: [], withoutPhone }
}

/** Names of fields only: whatever else stands there is not ours to repeat. */
const isName = (field: string) => /^[A-Za-z0-9_.[\]]{1,40}$/.test(field)
