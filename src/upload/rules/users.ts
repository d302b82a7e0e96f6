import { hasDigits } from './phone-notation.ts'
import { reject, type Rule } from './rule.ts'
import { nameOf } from './text.ts'

const LONGEST_NAME = 150

/** Fact sheet, 6. A phone is only for the mobile app: a user with a bad one is sent without it. */
export const userRule: Rule = ({ name: given, phone: number }, id, readPhone) => {
  const name = nameOf(given, LONGEST_NAME)
  if (name === null) return reject(id, 'name_missing')
  const row = { id, name }
  if (number === undefined || number === null || number === '') return { kind: 'row', id, row, leftOut: [] }
  if (!hasDigits(number)) return { kind: 'row', id, row, leftOut: ['phone_left_out'] }
  const phone = readPhone(number)
  return phone.kind === 'phone'
    ? { kind: 'row', id, row: { ...row, phone: phone.digits }, leftOut: [] }
    : { kind: 'row', id, row, leftOut: [phone.kind] }
}
