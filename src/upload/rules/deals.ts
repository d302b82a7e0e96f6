import { idOf, reject, type Rule } from './rule.ts'
import { nameOf, uriOf } from './text.ts'

const LONGEST_NAME = 200
const MOST_CONTACTS = 10

/** Fact sheet, 8. Whether a deal needs its link is not sure, so one without is sent for Wazzup to decide. */
export const dealRule: Rule = (fields, id) => {
  const name = nameOf(fields['name'], LONGEST_NAME)
  if (name === null) return reject(id, 'name_missing')
  const responsible = idOf(fields['responsibleUserId'])
  if (responsible === null) return reject(id, 'responsible_missing')
  const { closed, contacts: given } = fields
  if (typeof closed !== 'boolean') return reject(id, 'closed_missing')
  const uri = uriOf(fields['uri'])
  const contacts = Array.isArray(given) ? [...new Set(given.map(idOf).filter((one) => one !== null))] : []
  if (contacts.length === 0) return reject(id, 'contacts_missing')
  const leftOut = [
    ...(contacts.length > MOST_CONTACTS ? ['contacts_left_out'] : []),
    ...(uri.kind === 'bad' ? ['uri_left_out'] : []),
  ]
  const row = { id, responsibleUserId: responsible, name, contacts: contacts.slice(0, MOST_CONTACTS), closed }
  return { kind: 'row', id, row: uri.kind === 'uri' ? { ...row, uri: uri.uri } : row, leftOut }
}
