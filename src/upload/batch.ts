import type { UploadKind, UploadReject } from '../store/port.ts'
import type { ReadPhone } from './rules/phones.ts'
import { judge, type Rule } from './rules/rule.ts'
import type { Outgoing } from './narrow.ts'
import type { Found } from './narrowing.ts'
import type { Room } from './room.ts'

/** Entities that one request may bring (fact sheet, 2.5). */
export const BATCH = 100

/** Rows judged by their rule: what goes out, and what is to be told about. */
export interface Batch {
  outgoing: Outgoing[]
  rejects: UploadReject[]
  /** The rows that do not go out at all. */
  rejected: readonly { position: number }[]
}

export interface BatchTerms {
  kind: UploadKind
  rule: Rule
  readPhone: ReadPhone
  /** Number of the first row among those that were read, from 0. */
  from: number
  /** How many more rows the account may have; the rest is rejected. */
  room: Room
}

/** Wazzup fails on an id that comes twice in one request; of several rows with one id the last counts. */
export function prepare(rows: readonly unknown[], { kind, rule, readPhone, from, room }: BatchTerms): Batch {
  const byId = new Map<string, Outgoing>()
  const rejects: UploadReject[] = []
  const rejected: UploadReject[] = []
  let taken = 0
  const isNew = (id: string) => !byId.has(id) && !room.there.has(id)
  const refuse = (rowId: string | null, position: number, reason: string) => {
    const reject = { kind, rowId, position, reason }
    rejects.push(reject)
    rejected.push(reject)
  }
  rows.forEach((given, index) => {
    const position = from + index + 1
    const judged = judge(given, rule, readPhone)
    if (judged.kind === 'reject') refuse(judged.id, position, judged.reason)
    else if (isNew(judged.id) && taken >= room.left) refuse(judged.id, position, 'too_many')
    else {
      if (isNew(judged.id)) taken += 1
      byId.set(judged.id, { id: judged.id, position, row: judged.row })
      for (const reason of judged.leftOut) rejects.push({ kind, rowId: judged.id, position, reason })
    }
  })
  return { outgoing: [...byId.values()], rejects, rejected }
}

/** What is told about rows that Wazzup did not take, or not whole. */
export function refusals(kind: UploadKind, { refused, withoutPhone }: Found): UploadReject[] {
  const told = (row: Outgoing, reason: string) => ({ kind, rowId: row.id, position: row.position, reason })
  return [
    ...refused.map(({ row, reason }) => told(row, reason)),
    ...withoutPhone.map((row) => told(row, 'phone_left_out')),
  ]
}
