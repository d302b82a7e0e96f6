import { PHONE_NOT_USABLE, reject, type Rule } from './rule.ts'
import { hasDigits, nameOf, phoneOf } from './text.ts'

const LONGEST_NAME = 150

/** Fact sheet, 6. A phone is only for the mobile app: a user with a bad one is sent without it. */
export const userRule: Rule = ({ name: given, phone: number }, id) => {
  const name = nameOf(given, LONGEST_NAME)
  if (name === null) return reject(id, 'name_missing')
  const row = { id, name }
  if (number === undefined || number === null || number === '') return { kind: 'row', id, row, leftOut: [] }
  const phone = phoneOf(number)
  if (phone !== null) return { kind: 'row', id, row: { ...row, phone }, leftOut: [] }
  return { kind: 'row', id, row, leftOut: [hasDigits(number) ? PHONE_NOT_USABLE : 'phone_left_out'] }
}
