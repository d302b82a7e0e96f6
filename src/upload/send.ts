import type { EntityKind, Upsert } from '../wazzup/upsert.ts'
import type { CallOutcome } from '../wazzup/authorized-call.ts'
import { halves, narrowed, type Outgoing, type Refused } from './narrow.ts'
import { stopAfter, type Stop } from './stop.ts'
import { GONE, stopped } from './turn.ts'

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
  /** How often these rows have met an unusable answer before. */
  tries: number
  /** Asked before every request; false when nothing more may be sent. */
  mayGoOn: () => Promise<boolean>
}

/** Breakdowns over one batch after which one of its rows is suspected, and no longer Wazzup. */
const ENOUGH_TRIES = 3

/** Single rows over which Wazzup breaks down, while nothing goes through, after which it is Wazzup after all. */
const MOST_SUSPECTS = 3

/** All rows but those that Wazzup refuses: named by it, or found by halving what it refused. */
export async function send(rows: readonly Outgoing[], sending: Sending): Promise<Sent> {
  const sent = await sendParts(rows, sending)
  if (sent.kind !== 'sent' || !kindIsWhole(sending.kind) || sent.refused.length === 0) return sent
  // Finding the bad ones may have sent halves, and the last of them would be the whole set: the good ones go again.
  const bad = new Set(sent.refused.map(({ row }) => row.position))
  const good = rows.filter(({ position }) => !bad.has(position))
  const again = await send(good, sending)
  return again.kind === 'sent' ? { ...again, refused: [...sent.refused, ...again.refused] } : again
}

/** Wazzup may take a request for the whole set of them (fact sheet, 9). */
const kindIsWhole = (kind: EntityKind) => kind === 'pipelines'

async function sendParts(rows: readonly Outgoing[], sending: Sending): Promise<Sent> {
  const found = { refused: [] as Refused[], withoutPhone: [] as Outgoing[] }
  const suspects: Outgoing[] = []
  let isUp = false
  let broke: Unavailable | null = null
  const queue: (readonly Outgoing[])[] = [rows]
  for (let batch = queue.shift(); batch; batch = queue.shift()) {
    if (batch.length === 0) continue
    const outcome = await sendOnce(batch, sending)
    if (outcome.kind === 'ended') return outcome.by
    if (outcome.kind === 'done') isUp = true
    else if (outcome.kind === 'refused') {
      const next = narrowed(batch, outcome)
      found.refused.push(...next.refused)
      found.withoutPhone.push(...next.withoutPhone)
      queue.unshift(...next.batches)
    } else {
      broke = outcome
      if (batch.length > 1) queue.unshift(...halves(batch))
      else suspects.push(...batch)
      if (!isUp && suspects.length === MOST_SUSPECTS) return stopped(stopAfter(outcome))
    }
  }
  if (broke && suspects.length > 0 && !isUp) return stopped(stopAfter(broke))
  const tried = await trySuspects(suspects, sending)
  return tried.kind === 'sent'
    ? { ...found, kind: 'sent', refused: [...found.refused, ...tried.refused] }
    : tried
}

/** Wazzup takes the others: a row over which it breaks down once more is to blame. */
async function trySuspects(suspects: readonly Outgoing[], sending: Sending): Promise<Sent> {
  const refused: Refused[] = []
  for (const row of suspects) {
    const outcome = await sendOnce([row], sending)
    if (outcome.kind === 'ended') return outcome.by
    if (outcome.kind !== 'done') refused.push({ row, reason: `refused:${outcome.status ?? outcome.code}` })
  }
  return { kind: 'sent', refused, withoutPhone: [] }
}

type Refusal = Extract<CallOutcome, { kind: 'refused' }>
type Unavailable = Extract<CallOutcome, { kind: 'unavailable' }>

/** `unavailable`: it broke down over these rows, and not for the first time. `ended`: nothing more is to be sent now. */
type SentOnce =
  { kind: 'done' } | Refusal | Unavailable | { kind: 'ended'; by: Exclude<Sent, { kind: 'sent' }> }

async function sendOnce(batch: readonly Outgoing[], sending: Sending): Promise<SentOnce> {
  const { kind, apiKey, upsert, tries, mayGoOn } = sending
  if (!(await mayGoOn())) return { kind: 'ended', by: GONE }
  const outcome = await upsert(
    kind,
    batch.map(({ row }) => row),
    apiKey,
  )
  switch (outcome.kind) {
    case 'done':
    case 'refused':
      return outcome
    case 'forbidden':
      return { kind: 'ended', by: { kind: 'not_open' } }
    case 'unavailable':
      return outcome.status !== null && tries >= ENOUGH_TRIES
        ? outcome
        : { kind: 'ended', by: stopped(stopAfter(outcome)) }
    case 'key_refused':
    case 'rate_limited':
      return { kind: 'ended', by: stopped(stopAfter(outcome)) }
  }
}
