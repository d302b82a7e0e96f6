import { PHONE_AMBIGUOUS, PHONE_NOT_USABLE, type ReadPhone } from './phones.ts'
import { NO_TEXT } from './text.ts'

/** What may go to Wazzup of a row. `leftOut`: parts that could not be sent, as reasons; the row goes without them. */
export type Judged =
  | { kind: 'row'; id: string; row: object; leftOut: readonly string[] }
  | { kind: 'reject'; id: string | null; reason: string }

export type Rule = (row: Readonly<Record<string, unknown>>, id: string, readPhone: ReadPhone) => Judged

/** Newest documents say 64 everywhere (fact sheet, 17). */
const LONGEST_ID = 64

/** An id as a text; null for anything that cannot be one. CRMs often have numbers; large ones lose their last digits. */
export function idOf(value: unknown): string | null {
  const text = Number.isSafeInteger(value) ? String(value) : value
  const good =
    typeof text === 'string' && text.trim() !== '' && text.length <= LONGEST_ID && !NO_TEXT.test(text)
  return good ? text : null
}

const OF_PHONES: readonly string[] = [PHONE_NOT_USABLE, PHONE_AMBIGUOUS]

/** Whether the row went out all the same, without the part that the reason names: a user goes without a phone. */
export const wasSent = ({ kind, reason }: { kind: string; reason: string }): boolean =>
  reason.endsWith('_left_out') || (kind === 'users' && OF_PHONES.includes(reason))

export const reject = (id: string | null, reason: string): Judged => ({ kind: 'reject', id, reason })

/** Judges a row of any shape by the rule of its kind. */
export function judge(row: unknown, rule: Rule, readPhone: ReadPhone): Judged {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return reject(null, 'not_an_object')
  const fields = row as Record<string, unknown>
  const id = idOf(fields['id'])
  if (id !== null) return rule(fields, id, readPhone)
  const given = fields['id']
  const missing = given === undefined || given === null || given === ''
  return reject(null, missing ? 'id_missing' : 'id_not_usable')
}
