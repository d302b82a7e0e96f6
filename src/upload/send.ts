import { badRowsIn, type EntityKind, type Upsert } from '../wazzup/upsert.ts'
import type { CallOutcome } from '../wazzup/authorized-call.ts'
import type { Stop } from './stop.ts'

/** A row on its way to Wazzup, and where it was read. */
export interface Outgoing {
  id: string
  position: number
  row: object
}

export interface Refused {
  row: Outgoing
  reason: string
}

/** `refused`: rows that Wazzup does not take, found out one by one. */
export type Sent =
  | { kind: 'sent'; refused: Refused[]; withoutPhone: Outgoing[] }
  /** This key is not made for the route. */
  | { kind: 'not_open' }
  | { kind: 'stopped'; stop: Stop }

export interface Sending {
  kind: EntityKind
  apiKey: string
  upsert: Upsert
  /** Asked before every request; false when nothing more may be sent. */
  mayGoOn: () => Promise<boolean>
}

/** All rows but those that Wazzup refuses: named by it, or found by halving what it refused. */
export async function send(rows: readonly Outgoing[], sending: Sending): Promise<Sent> {
  const [refused, withoutPhone]: [Refused[], Outgoing[]] = [[], []]
  const queue: (readonly Outgoing[])[] = [rows]
  for (let batch = queue.shift(); batch; batch = queue.shift()) {
    if (batch.length === 0) continue
    if (!(await sending.mayGoOn())) return { kind: 'stopped', stop: { kind: 'gone' } }
    const outcome = await sending.upsert(
      sending.kind,
      batch.map(({ row }) => row),
      sending.apiKey,
    )
    if (outcome.kind === 'done') continue
    if (outcome.kind === 'forbidden') return { kind: 'not_open' }
    if (outcome.kind !== 'refused') return { kind: 'stopped', stop: stopAfter(outcome) }
    const next = narrowed(batch, outcome)
    refused.push(...next.refused)
    withoutPhone.push(...next.withoutPhone)
    queue.unshift(...next.batches)
  }
  const bad = new Set(refused.map(({ row }) => row.position))
  // Finding the bad ones may have sent halves, and the last of them would be the whole set: the good ones go again.
  if (kindIsWhole(sending.kind) && bad.size > 0) {
    const again = await send(
      rows.filter(({ position }) => !bad.has(position)),
      sending,
    )
    return again.kind === 'sent' ? { ...again, refused: [...refused, ...again.refused] } : again
  }
  return { kind: 'sent', refused, withoutPhone }
}

/** Wazzup may take a request for the whole set of them (fact sheet, 9). */
const kindIsWhole = (kind: EntityKind) => kind === 'pipelines'

type Hindered = Exclude<CallOutcome, { kind: 'done' | 'forbidden' | 'refused' }>

function stopAfter(outcome: Hindered): Stop {
  switch (outcome.kind) {
    case 'key_refused':
      return { kind: 'key_refused' }
    case 'rate_limited':
      return { kind: 'later', code: 'rate_limited', status: 429, wait: outcome.retryAfter, tried: false }
    case 'unavailable':
      return { kind: 'later', code: outcome.code, status: outcome.status, wait: null, tried: true }
  }
}

type Refusal = Extract<CallOutcome, { kind: 'refused' }>

interface Narrowed {
  batches: (readonly Outgoing[])[]
  refused: Refused[]
  withoutPhone: Outgoing[]
}

/** What is left to send of a refused batch: always less than before, so this ends. */
function narrowed(batch: readonly Outgoing[], refusal: Refusal): Narrowed {
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
  if (only && batch.length === 1)
    return {
      batches: [],
      refused: [{ row: only, reason: `refused:${refusal.code ?? refusal.status}` }],
      withoutPhone: [],
    }
  const half = Math.ceil(batch.length / 2)
  return { batches: [batch.slice(0, half), batch.slice(half)], refused: [], withoutPhone: [] }
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
