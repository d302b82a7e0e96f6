import { reject, type Rule } from './rule.ts'
import { nameOf, phoneOf } from './text.ts'

const LONGEST_NAME = 150

/** Fact sheet, 6. A phone is only for the mobile app: a user with a bad one is sent without it. */
export const userRule: Rule = ({ name: given, phone: number }, id) => {
  const name = nameOf(given, LONGEST_NAME)
  if (name === null) return reject(id, 'name_missing')
  if (number === undefined || number === null || number === '')
    return { kind: 'row', id, row: { id, name }, leftOut: [] }
  const phone = phoneOf(number)
  return phone === null
    ? { kind: 'row', id, row: { id, name }, leftOut: ['phone_left_out'] }
    : { kind: 'row', id, row: { id, name, phone }, leftOut: [] }
}
