import { customers } from '../customers.ts'
import type { AccountSize, ExportKind } from './sizes.ts'

/** Whose row it is, in which CRM, and how much else there is to refer to. */
export interface RowTerms {
  accountId: string
  /** Origin of the CRM, for links back to it. */
  url: string
  size: AccountSize
}

const firstNames = [
  'Anna',
  'Ben',
  'Carla',
  'Dmitri',
  'Elena',
  'Farid',
  'Grace',
  'Hugo',
  'Inés',
  'João',
  'Katya',
  'Łukasz',
]
const lastNames = [
  'Keller',
  'Ortiz',
  'Petrova',
  'Nowak',
  'Silva',
  'Brandt',
  'Vogt',
  'Ibragimov',
  'Martín',
  'Souza',
  'Weiß',
]

const pick = (from: readonly string[], index: number) => from[index % from.length] ?? ''
const number = (index: number) => String(index + 1).padStart(6, '0')
const fullName = (index: number) => `${pick(firstNames, index)} ${pick(lastNames, index * 7 + (index >> 4))}`
const countryCode = (accountId: string) => (accountId === 'acme' ? '1555' : '49155')

const idOf = (kind: ExportKind, accountId: string, index: number) =>
  `${accountId}-${kind.slice(0, -1)}-${number(index)}`

/** The first employees are those who can log in. */
function user(index: number, { accountId }: RowTerms) {
  const known = customers.find((customer) => customer.accountId === accountId)?.users[index]
  const phone = `${countryCode(accountId)}9${number(index)}`
  return { id: known?.sub ?? idOf('users', accountId, index), name: known?.name ?? fullName(index), phone }
}

const responsible = (index: number, terms: RowTerms) =>
  terms.size.users > 0 ? user(index % terms.size.users, terms).id : 'nobody'

function contactData(index: number, accountId: string) {
  const phone = `${countryCode(accountId)}${number(index)}0`
  const whatsapp = { chatType: 'whatsapp', chatId: phone }
  if (index % 10 === 3) return [{ chatType: 'telegram', username: `client_${index}`, phone }]
  if (index % 10 === 7) return [whatsapp, { chatType: 'instagram', chatId: `client.${index}` }]
  return [whatsapp]
}

const contact = (index: number, terms: RowTerms) => ({
  id: idOf('contacts', terms.accountId, index),
  responsibleUserId: responsible(index, terms),
  name: fullName(index),
  contactData: contactData(index, terms.accountId),
  uri: `${terms.url}/contacts/${idOf('contacts', terms.accountId, index)}`,
})

function deal(index: number, terms: RowTerms) {
  const { accountId, size, url } = terms
  const contacts = size.contacts > 0 ? [idOf('contacts', accountId, index % size.contacts)] : []
  return {
    id: idOf('deals', accountId, index),
    responsibleUserId: responsible(index, terms),
    name: `Trip ${index + 1}`,
    uri: `${url}/deals/${idOf('deals', accountId, index)}`,
    contacts,
    closed: index % 4 === 0,
  }
}

function pipeline(index: number, { accountId }: RowTerms) {
  const id = idOf('pipelines', accountId, index)
  const stages = ['New', 'Offer sent', 'Paid', 'Travelled'].map((name, at) => ({
    id: `${id}-${at + 1}`,
    name,
  }))
  return { id, name: index === 0 ? 'Sales' : `Sales ${index + 1}`, stages }
}

const makers = { users: user, pipelines: pipeline, contacts: contact, deals: deal }

/** Row number `index` of a kind, the same every time. */
export const rowOf = (kind: ExportKind, index: number, terms: RowTerms): unknown => makers[kind](index, terms)
