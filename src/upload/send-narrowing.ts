import type { EntityKind, Upsert } from '../wazzup/upsert.ts'
import type { CallOutcome } from '../wazzup/authorized-call.ts'
import { halves, narrowed, partsOf, type Outgoing } from './narrow.ts'
import { beginNarrowing, isInDoubt, nextPart, type Found, type Narrowing } from './narrowing.ts'
import { stopAfter, TURN_OVER, type Stop } from './stop.ts'
import { GONE, stopped } from './turn.ts'

export type Sent =
  /** `wasSplit`: they did not go in one request. */
  | ({ kind: 'sent'; wasSplit: boolean } & Found)
  /** This key is not made for the route. */
  | { kind: 'not_open' }
  /** `unsettled`: the rows of which it is not known yet what becomes of them. `rest`: from where to go on with them. */
  | ({ kind: 'stopped'; stop: Stop; unsettled: readonly Outgoing[]; rest?: Narrowing } & Found)

/** Whether rows of other places are refused like those that were sent; `tried`: how many were, when it is not known yet. */
export type Elsewhere = { kind: 'alike' | 'other' } | { kind: 'stopped'; stop: Stop; tried: number }

export interface Sending {
  kind: EntityKind
  apiKey: string
  upsert: Upsert
  /** How often these rows have met an unusable answer before. */
  tries: number
  /** Asked before every request; false when nothing more may be sent. */
  mayGoOn: () => Promise<boolean>
  /** Asked between two requests; true when it is the turn of others. */
  isOver?: () => boolean
  /** Where an earlier turn has left these rows. */
  from?: Narrowing
  /**
   * Asked when nothing but single rows was refused, by answers with this reason that name no row: the account is to blame
   * if rows of other places are refused like them, of which `tried` were. Without it the rows are.
   */
  refusedElsewhere?: (reason: string, tried: number) => Promise<Elsewhere>
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
export async function sendNarrowing(
  rows: readonly Outgoing[],
  { from, isOver, ...sending }: Sending,
): Promise<Sent> {
  const between = { ...sending, ...(isOver && { isOver }) }
  const sent = await narrowDown(from ?? beginNarrowing(rows), between)
  if (sent.kind !== 'sent' || !kindIsWhole(sending.kind) || sent.refused.length === 0) return sent
  // Finding the bad ones may have sent halves, and the last of them would be the whole set: the good ones go again.
  const bad = new Set(sent.refused.map(({ row }) => row.position))
  const good = rows.filter(({ position }) => !bad.has(position))
  const again = await sendNarrowing(good, sending)
  return again.kind === 'sent' ? { ...again, refused: [...sent.refused, ...again.refused] } : again
}

/** Wazzup may take a request for the whole set of them (fact sheet, 9). */
const kindIsWhole = (kind: EntityKind) => kind === 'pipelines'

async function narrowDown(narrowing: Narrowing, sending: Sending): Promise<Sent> {
  const { queue, suspects, found } = narrowing
  const doubted = await whyToWait(narrowing, sending)
  if (doubted) return doubted
  // What was refused before the wait may be taken now.
  if (narrowing.doubt?.state === 'waits') return narrowDown(beginNarrowing(narrowing.rows), sending)
  const isOver = afterFirst(sending.isOver)
  for (let part = nextPart(narrowing); part; part = nextPart(narrowing)) {
    if (isOver()) return stopAt(narrowing, TURN_OVER)
    const outcome = await request(part.rows, sending)
    if (outcome.kind === 'stopped') return stopAt(narrowing, outcome.stop)
    if (outcome.kind === 'not_open') return outcome
    queue.shift()
    if (outcome.kind === 'done') {
      narrowing.taken += 1
      // Rows that were named and are good: the names were wrong.
      queue.unshift(...halves(part.others))
    } else if (outcome.kind === 'refused') {
      const next = narrowed(part, outcome)
      found.refused.push(...next.refused)
      found.withoutPhone.push(...next.withoutPhone)
      queue.unshift(...next.parts)
      const why = await doubt(narrowing, sending)
      if (why) return why
    } else if (part.rows.length > 1) queue.unshift(...halves(part.rows), ...partsOf(part.others))
    else {
      suspects.push(...part.rows)
      queue.unshift(...partsOf(part.others))
      const isLast = queue.length === 0 || suspects.length === MOST_SUSPECTS
      if (narrowing.taken === 0 && isLast) return stopAt(narrowing, stopAfter(outcome))
    }
  }
  // Wazzup takes the others: a row over which it breaks down once more is to blame.
  for (let [row] = suspects; row; [row] = suspects) {
    if (isOver()) return stopAt(narrowing, TURN_OVER)
    const outcome = await request([row], sending)
    if (outcome.kind === 'stopped') return stopAt(narrowing, outcome.stop)
    if (outcome.kind === 'not_open') return outcome
    suspects.shift()
    const reason = outcome.kind === 'done' ? null : `refused:${outcome.status ?? outcome.code}`
    if (reason !== null) found.refused.push({ row, reason, isNamed: false })
  }
  return { kind: 'sent', ...found, wasSplit: narrowing.taken > 1 }
}

/** One request is made in every turn, or none would get anywhere. */
function afterFirst(isOver: Sending['isOver']): () => boolean {
  let isFirst = true
  return () => {
    const was = isFirst
    isFirst = false
    return !was && (isOver?.() ?? false)
  }
}

/** No row is blamed as long as it may be the account. */
function stopAt(narrowing: Narrowing, stop: Stop): Sent {
  const { rows, queue, suspects, found, doubt } = narrowing
  const left = queue.flatMap((part) => [...part.rows, ...part.others])
  const settled = isInDoubt(narrowing)
    ? { refused: [], withoutPhone: [], unsettled: rows }
    : { ...found, unsettled: [...suspects, ...left] }
  const goesOn = stop === TURN_OVER || doubt?.state === 'waits'
  return { kind: 'stopped', stop, ...settled, ...(goesOn && { rest: narrowing }) }
}

/** Begins to doubt the account, once many rows or all of them were refused with one reason, and no answer named a row. */
async function doubt(narrowing: Narrowing, sending: Sending): Promise<Sent | null> {
  const { refused } = narrowing.found
  const reason = refused.at(-1)?.reason
  if (narrowing.doubt || reason === undefined || !isInDoubt(narrowing)) return null
  const alike = refused.filter((one) => !one.isNamed && one.reason === reason).length
  const isAll = narrowing.queue.length === 0 && alike === narrowing.rows.length
  if (alike < MANY_NAMELESS && !isAll) return null
  narrowing.doubt = { reason, elsewhere: 0, state: 'open' }
  return sending.isOver?.() ? stopAt(narrowing, TURN_OVER) : whyToWait(narrowing, sending)
}

/** Asks elsewhere, while there is a doubt. */
async function whyToWait(narrowing: Narrowing, { refusedElsewhere }: Sending): Promise<Sent | null> {
  const { doubt } = narrowing
  if (!doubt || doubt.state === 'cleared') return null
  const found = (await refusedElsewhere?.(doubt.reason, doubt.elsewhere)) ?? { kind: 'other' }
  if (found.kind === 'other') {
    if (doubt.state === 'open') doubt.state = 'cleared'
    return null
  }
  doubt.elsewhere = found.kind === 'stopped' && found.stop === TURN_OVER ? found.tried : 0
  if (found.kind === 'stopped') return stopAt(narrowing, found.stop)
  doubt.state = 'waits'
  return stopAt(narrowing, { kind: 'later', code: doubt.reason, status: null, wait: null, tried: true })
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
      const isOfTheKey = outcome.code === 'key_in_doubt'
      const mayBeARow = !isOfTheKey && (outcome.status !== null || MAY_BE_A_ROW.includes(outcome.code))
      return mayBeARow && tries >= ENOUGH_TRIES ? outcome : stopped(stopAfter(outcome))
    }
    case 'key_refused':
    case 'rate_limited':
      return stopped(stopAfter(outcome))
  }
}
