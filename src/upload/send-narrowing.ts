import type { EntityKind, Upsert } from '../wazzup/upsert.ts'
import type { CallOutcome } from '../wazzup/authorized-call.ts'
import { halves, narrowed, partsOf, type Outgoing, type Part, type Refused } from './narrow.ts'
import { stopAfter, type Stop } from './stop.ts'
import { GONE, stopped } from './turn.ts'

/** Rows that Wazzup does not take, or not whole. */
export interface Found {
  refused: Refused[]
  withoutPhone: Outgoing[]
}

export type Sent =
  /** `wasSplit`: they did not go in one request. */
  | ({ kind: 'sent'; wasSplit: boolean } & Found)
  /** This key is not made for the route. */
  | { kind: 'not_open' }
  /** `unsettled`: the rows of which it is not known yet what becomes of them. */
  | ({ kind: 'stopped'; stop: Stop; unsettled: readonly Outgoing[] } & Found)

export interface Sending {
  kind: EntityKind
  apiKey: string
  upsert: Upsert
  /** How often these rows have met an unusable answer before. */
  tries: number
  /** Asked before every request; false when nothing more may be sent. */
  mayGoOn: () => Promise<boolean>
  /**
   * Asked once, when nothing but many single rows was refused, by answers with this reason that name no row: why to
   * wait, if rows of other places are refused like them. Without it the rows are to blame.
   */
  refusedElsewhere?: (reason: string) => Promise<Stop | null>
}

/** Breakdowns over one batch after which one of its rows is suspected, and no longer Wazzup. */
const ENOUGH_TRIES = 3

/** What is left of a call, without any answer, over a row that Wazzup hangs over, or that breaks what stands before it. */
const MAY_BE_A_ROW = ['deadline', 'ECONNRESET', 'UND_ERR_SOCKET']

/** Single rows over which Wazzup breaks down, while nothing goes through, after which it is Wazzup after all. */
const MOST_SUSPECTS = 3

/** Single rows refused by answers that name none, while nothing is taken, after which the account may be the reason. */
const MANY_NAMELESS = 20

/** All rows but those that Wazzup refuses, each of them alone. */
export async function sendNarrowing(rows: readonly Outgoing[], sending: Sending): Promise<Sent> {
  const sent = await narrowDown(rows, sending)
  if (sent.kind !== 'sent' || !kindIsWhole(sending.kind) || sent.refused.length === 0) return sent
  // Finding the bad ones may have sent halves, and the last of them would be the whole set: the good ones go again.
  const bad = new Set(sent.refused.map(({ row }) => row.position))
  const good = rows.filter(({ position }) => !bad.has(position))
  const again = await sendNarrowing(good, sending)
  return again.kind === 'sent' ? { ...again, refused: [...sent.refused, ...again.refused] } : again
}

/** Wazzup may take a request for the whole set of them (fact sheet, 9). */
const kindIsWhole = (kind: EntityKind) => kind === 'pipelines'

async function narrowDown(rows: readonly Outgoing[], sending: Sending): Promise<Sent> {
  const found: Found = { refused: [], withoutPhone: [] }
  const suspects: Outgoing[] = []
  const queue: Part[] = partsOf(rows)
  let taken = 0
  const stop = (why: Stop, ...current: Part[]): Sent => ({
    ...{ kind: 'stopped', stop: why, ...found },
    unsettled: [...suspects, ...[...current, ...queue].flatMap(({ rows, others }) => [...rows, ...others])],
  })
  for (let part = queue.shift(); part; part = queue.shift()) {
    const outcome = await request(part.rows, sending)
    if (outcome.kind === 'stopped') return stop(outcome.stop, part)
    if (outcome.kind === 'not_open') return outcome
    if (outcome.kind === 'done') {
      taken += 1
      // Rows that were named and are good: the names were wrong.
      queue.unshift(...halves(part.others))
    } else if (outcome.kind === 'refused') {
      const next = narrowed(part, outcome)
      found.refused.push(...next.refused)
      found.withoutPhone.push(...next.withoutPhone)
      queue.unshift(...next.parts)
      const why = taken === 0 ? await doubtOf(found.refused, next.refused, sending) : null
      if (why) return { kind: 'stopped', stop: why, refused: [], withoutPhone: [], unsettled: rows }
    } else if (part.rows.length > 1) queue.unshift(...halves(part.rows), ...partsOf(part.others))
    else {
      suspects.push(...part.rows)
      queue.unshift(...partsOf(part.others))
      const isLast = queue.length === 0 || suspects.length === MOST_SUSPECTS
      if (taken === 0 && isLast) return stop(stopAfter(outcome))
    }
  }
  const tried = await trySuspects(suspects, sending)
  if (tried.kind === 'not_open') return tried
  const both = { ...found, refused: [...found.refused, ...tried.refused] }
  return tried.kind === 'sent' ? { ...tried, ...both, wasSplit: taken > 1 } : { ...tried, ...both }
}

/** Why to wait, once many rows were refused with the reason of the `latest` one and no answer named a row. */
async function doubtOf(refused: readonly Refused[], [latest]: readonly Refused[], sending: Sending) {
  if (!latest || latest.isNamed) return null
  const alike = refused.filter(({ isNamed, reason }) => !isNamed && reason === latest.reason)
  return alike.length === MANY_NAMELESS ? ((await sending.refusedElsewhere?.(latest.reason)) ?? null) : null
}

/** Wazzup takes the others: a row over which it breaks down once more is to blame. */
async function trySuspects(suspects: readonly Outgoing[], sending: Sending): Promise<Sent> {
  const refused: Refused[] = []
  for (const [index, row] of suspects.entries()) {
    const outcome = await request([row], sending)
    if (outcome.kind === 'not_open') return outcome
    if (outcome.kind === 'stopped')
      return { ...outcome, refused, withoutPhone: [], unsettled: suspects.slice(index) }
    if (outcome.kind !== 'done')
      refused.push({ row, reason: `refused:${outcome.status ?? outcome.code}`, isNamed: false })
  }
  return { kind: 'sent', refused, withoutPhone: [], wasSplit: false }
}

/** `unavailable`: it broke down over these rows, and not for the first time. */
type Answered =
  | Extract<CallOutcome, { kind: 'done' | 'refused' | 'unavailable' }>
  | { kind: 'not_open' }
  | { kind: 'stopped'; stop: Stop }

async function request(batch: readonly Outgoing[], sending: Sending): Promise<Answered> {
  const { kind, apiKey, upsert, tries, mayGoOn } = sending
  if (!(await mayGoOn())) return GONE
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
      return { kind: 'not_open' }
    case 'unavailable': {
      const mayBeARow = outcome.status !== null || MAY_BE_A_ROW.includes(outcome.code)
      return mayBeARow && tries >= ENOUGH_TRIES ? outcome : stopped(stopAfter(outcome))
    }
    case 'key_refused':
    case 'rate_limited':
      return stopped(stopAfter(outcome))
  }
}
