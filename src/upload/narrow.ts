import { fieldsIn, rowsNamedIn } from '../wazzup/upsert.ts'
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
  /** Whether the answer named a row: then it is about that row, and not about the account. */
  isNamed: boolean
}

/** Rows for one request. */
export interface Part {
  rows: readonly Outgoing[]
  /** Whether the rows that a refusal names are looked at before all others. */
  heedsNames: boolean
  /** These rows were named in a refusal, and prove it: the others of that request go on once these are through. */
  others: readonly Outgoing[]
}

type Refusal = Extract<CallOutcome, { kind: 'refused' }>

export interface Narrowed {
  parts: Part[]
  refused: Refused[]
  withoutPhone: Outgoing[]
}

/**
 * What is left to send of a refused part: always less than before, so this ends. No row is blamed but one that was
 * refused alone: how Wazzup counts the rows that it names is written nowhere.
 */
export function narrowed({ rows, heedsNames, others }: Part, refusal: Refusal): Narrowed {
  const shared = refusal.code === 'DUPLICATE_PHONE_NUMBER' ? sharedPhone(rows, refusal.data) : null
  if (shared) return { ...shared, parts: [{ rows: shared.rows, heedsNames, others }], refused: [] }
  // The names have led to a bad row, so they may do so again.
  const next = partsOf(others)
  const [only] = rows
  if (only && rows.length === 1) {
    const fields = fieldsIn(refusal.data).filter(isName)
    const reason = ['refused', ...(fields.length > 0 ? fields : [refusal.code ?? refusal.status])].join(':')
    const isNamed = rowsNamedIn(refusal.data).size > 0
    return { parts: next, refused: [{ row: only, reason, isNamed }], withoutPhone: [] }
  }
  const named = heedsNames ? rowsNamedIn(refusal.data) : new Set<number>()
  const suspects = rows.filter((_, index) => named.has(index))
  const rest = rows.filter((_, index) => !named.has(index))
  const parts =
    suspects.length > 0 && rest.length > 0
      ? [{ rows: suspects, heedsNames: false, others: rest }]
      : [...halves(rows), ...next]
  return { parts, refused: [], withoutPhone: [] }
}

/** Rows of which nothing is known yet, in one part; none when there are none. */
export const partsOf = (rows: readonly Outgoing[]): Part[] =>
  rows.length > 0 ? [{ rows, heedsNames: true, others: [] }] : []

/** Rows in two parts; what a refusal names of them does not count any more. */
export function halves(rows: readonly Outgoing[]): Part[] {
  const half = Math.ceil(rows.length / 2)
  const both = [rows.slice(0, half), rows.slice(half)].filter((some) => some.length > 0)
  return both.map((some) => ({ rows: some, heedsNames: false, others: [] }))
}

/**
 * Users whose phone somebody else has go without it: it is only for the mobile app. Of several in one request the first keeps
 * it, as between two requests; if that is refused again, somebody else had it before.
 */
function sharedPhone(rows: readonly Outgoing[], data: unknown) {
  const told = typeof data === 'object' && data !== null && 'phone' in data ? data.phone : undefined
  const withPhone = rows.filter(({ row }) => phoneIn(row) !== null)
  const named = withPhone.filter(({ row }) => phoneIn(row) === String(told).replace(/\D/g, ''))
  // An answer about one row is about its phone, whatever it says.
  const owners = named.length > 0 || rows.length > 1 ? named : withPhone
  const sorted = owners.toSorted((one, other) => one.position - other.position)
  const withoutPhone = sorted.length > 1 ? sorted.slice(1) : sorted
  if (withoutPhone.length === 0) return null
  const without = (one: Outgoing) =>
    withoutPhone.includes(one) ? { ...one, row: { ...one.row, phone: undefined } } : one
  return { rows: rows.map(without), withoutPhone }
}

const phoneIn = (row: object): string | null =>
  'phone' in row && typeof row.phone === 'string' ? row.phone : null

/** Names of fields only: whatever else stands there is not ours to repeat. */
const isName = (field: string) => /^[A-Za-z0-9_.[\]]{1,40}$/.test(field)
