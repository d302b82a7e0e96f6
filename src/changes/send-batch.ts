import type { ChangeBatch, WaitingChange } from '../store/port.ts'
import { refusals } from '../upload/batch.ts'
import { refusedAlike, TRIED_ELSEWHERE } from '../upload/refused-alike.ts'
import { isOf, type Narrowing } from '../upload/narrowing.ts'
import { NO_LIMIT, type Room } from '../upload/room.ts'
import { sendNarrowing, type Sending, type Sent } from '../upload/send-narrowing.ts'
import { MOST_USERS, seenUsers } from '../upload/steps/places.ts'
import type { Stop } from '../upload/stop.ts'
import type { ChangeDeps } from './deps.ts'
import { outgoingOf, prepareChanges, type Prepared } from './prepare.ts'
import type { Turn } from './turn.ts'

const GONE: Stop = { kind: 'gone' }

/** Sends one batch, and writes down what has become of it. Resolves to why nothing more is to be sent now; else to null. */
export async function sendBatch(batch: ChangeBatch, turn: Turn, deps: ChangeDeps): Promise<Stop | null> {
  const room = await roomFor(batch, turn, deps)
  if (room === null) return GONE
  const prepared = prepareChanges(batch, { readPhone: deps.readPhone, room })
  const sent = await send(batch, prepared, { turn, deps })
  if (sent.kind === 'stopped' && sent.rest) keep(batch, { ...sent, rest: sent.rest }, { turn, deps })
  const done = settled(batch, prepared, sent)
  if (done.over.length > 0 && !(await turn.commit(done))) return GONE
  noteUsers(batch, { over: new Set(done.over), rejects: done.rejects }, turn)
  return sent.kind === 'stopped' ? sent.stop : null
}

/** Null when the claim is gone. */
async function roomFor({ kind, op }: ChangeBatch, turn: Turn, deps: ChangeDeps): Promise<Room | null> {
  if (kind !== 'users' || op === 'delete') return NO_LIMIT
  const users = turn.users ?? (await seenUsers(turn, deps))
  if (users === null) return null
  turn.users = users
  return { there: users.there, left: MOST_USERS - users.there.size }
}

interface Around {
  turn: Turn
  deps: ChangeDeps
}

function send(batch: ChangeBatch, { outgoing }: Prepared, { turn, deps }: Around): Promise<Sent> {
  const { kind, op, changes } = batch
  const { apiKey, mayGoOn, claim } = turn
  const upsert = op === 'delete' ? deps.remove : deps.upsert
  const kept = deps.narrowings.find(claim.key.generationId, { kind, read: 0 })?.narrowing
  const goesOn = kept !== undefined && isOf(kept, outgoing)
  // Where others have come between, nothing would ever come to its end in turns.
  const endsTurns = kept === undefined || goesOn
  deps.narrowings.forget(claim.key.generationId)
  const sending: Sending = { kind, apiKey, upsert, tries: turn.tries(), mayGoOn }
  const after = changes.at(-1)?.number ?? 0
  return sendNarrowing(outgoing, {
    ...sending,
    ...(endsTurns && { isOver: turn.isOver }),
    ...(goesOn && { from: kept }),
    refusedElsewhere: async (reason, tried) => {
      const limit = TRIED_ELSEWHERE
      const others = await deps.store.changes.others(claim, { kind, op, after, limit })
      const rows = outgoingOf({ kind, op, changes: others }, deps.readPhone)
      return refusedAlike(rows, { reason, tried, sending, isOver: turn.isOver })
    },
  })
}

type Stopped = Extract<Sent, { kind: 'stopped' }>

/** How far rows have got of which it is not known yet what becomes of them. */
function keep(
  { kind }: ChangeBatch,
  { rest, unsettled }: Stopped & { rest: Narrowing },
  { turn, deps }: Around,
) {
  const left = new Set(unsettled.map(({ position }) => position))
  const { refused, withoutPhone } = rest.found
  const narrowing = {
    ...rest,
    rows: rest.rows.filter(({ position }) => left.has(position)),
    found: {
      refused: refused.filter(({ row }) => left.has(row.position)),
      withoutPhone: withoutPhone.filter(({ position }) => left.has(position)),
    },
  }
  deps.narrowings.keep(turn.claim.key.generationId, { kind, read: 0, end: 0, narrowing })
}

/** What has become of which changes, for the store. */
function settled({ kind, op, changes }: ChangeBatch, { outgoing, rejects, rejected }: Prepared, sent: Sent) {
  const { refused, withoutPhone } = sent.kind === 'not_open' ? notOpen(outgoing) : sent
  const open = new Set(sent.kind === 'stopped' ? sent.unsettled.map(({ position }) => position) : [])
  const isOver = ({ position }: { position: number }) => !open.has(position)
  const over = new Set([...outgoing.filter(isOver).map(({ position }) => position), ...rejected])
  const told = refusals(kind, { refused, withoutPhone: withoutPhone.filter(isOver) })
  return {
    ...{ kind, op },
    over: changes.filter(({ number }) => over.has(number)).map(({ id }) => id),
    sent: over.size - rejected.length - refused.length,
    rejected: rejected.length + refused.length,
    rejects: [
      ...rejects.filter(isOver).map(({ rowId, reason }) => ({ rowId, reason })),
      ...told.map(({ rowId, reason }) => ({ rowId: rowId ?? '', reason })),
    ],
  }
}

/** The key is not made for the route: no row of the kind will ever get through. */
const notOpen = (outgoing: Prepared['outgoing']) => ({
  refused: outgoing.map((row) => ({ row, reason: 'not_open', isNamed: false })),
  withoutPhone: [],
})

/** Who is there, as far as this turn has seen it. */
function noteUsers(
  { kind, op, changes }: ChangeBatch,
  { over, rejects }: { over: ReadonlySet<string>; rejects: readonly { rowId: string }[] },
  { users }: Turn,
) {
  if (kind !== 'users' || !users) return
  const refused = new Set(rejects.map(({ rowId }) => rowId))
  const done = ({ id, rowId }: WaitingChange) => over.has(id) && !refused.has(rowId)
  for (const { rowId } of changes.filter(done)) {
    if (op === 'delete') users.there.delete(rowId)
    else users.there.add(rowId)
  }
}
