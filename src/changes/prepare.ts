import { isDamaged } from '../crypto/sealer.ts'
import type { ChangeBatch, ChangeKind, WaitingChange } from '../store/port.ts'
import { prepare } from '../upload/batch.ts'
import type { Outgoing } from '../upload/narrow.ts'
import { NO_LIMIT, type Room } from '../upload/room.ts'
import type { ReadPhone } from '../upload/rules/phones.ts'
import { RULES } from '../upload/rules/table.ts'

/** What goes out of a batch, each at its place, and what is to be told; `rejected`: places of those that do not go out. */
export interface Prepared {
  outgoing: Outgoing[]
  rejects: { rowId: string; position: number; reason: string }[]
  rejected: number[]
}

interface Terms {
  readPhone: ReadPhone
  room: Room
}

/** Judges changes by the rules of uploads. @throws SealError where another process has the key to a row */
export const prepareChanges = ({ kind, op, changes }: ChangeBatch, terms: Terms): Prepared =>
  op === 'delete' ? deletes(changes) : upserts(kind, changes, terms)

/** Only one that nobody knows by its id could be wrong with it, and that is no harm. */
const deletes = (changes: readonly WaitingChange[]): Prepared => ({
  outgoing: changes.map(({ rowId: id, number: position }) => ({ id, position, row: { id } })),
  rejects: [],
  rejected: [],
})

function upserts(kind: ChangeKind, changes: readonly WaitingChange[], { readPhone, room }: Terms): Prepared {
  const rows = changes.map((change) => ({ change, row: rowOf(change) }))
  const damaged = rows.filter(({ row }) => row === undefined).map(({ change }) => change)
  const good = rows.filter(({ row }) => row !== undefined)
  const batch = prepare(
    good.map(({ row }) => row),
    { kind, rule: RULES[kind], readPhone, from: 0, room },
  )
  const changeAt = (position: number) => good[position - 1]?.change
  const placeOf = (position: number) => changeAt(position)?.number ?? 0
  const told = batch.rejects.map(({ position, reason }) => ({
    ...{ rowId: changeAt(position)?.rowId ?? '', position: placeOf(position), reason },
  }))
  const unreadable = damaged.map(({ rowId, number: position }) => ({ rowId, position, reason: 'unreadable' }))
  return {
    outgoing: batch.outgoing.map((one) => ({ ...one, position: placeOf(one.position) })),
    rejects: [...told, ...unreadable],
    rejected: [
      ...batch.rejected.map(({ position }) => placeOf(position)),
      ...damaged.map(({ number }) => number),
    ],
  }
}

/** One that is damaged must not keep those behind it. */
function rowOf({ row }: WaitingChange): unknown {
  try {
    return JSON.parse(row() ?? 'null')
  } catch (error) {
    if (isDamaged(error)) return undefined
    throw error
  }
}

/** Without a limit: of rows that are only tried. */
export const outgoingOf = (batch: ChangeBatch, readPhone: ReadPhone): Outgoing[] =>
  prepareChanges(batch, { readPhone, room: NO_LIMIT }).outgoing
