import { chatOf } from './chats.ts'
import { idOf, reject, type Rule } from './rule.ts'
import { nameOf, uriOf } from './text.ts'

const LONGEST_NAME = 200

/** Reading a phone takes time, and everybody waits for it. */
const MOST_CHATS = 50

/** Fact sheet, 7. Of several chats those that are good are sent; without one there is nothing to write to. */
export const contactRule: Rule = (fields, id, readPhone) => {
  const { name: given, responsibleUserId, contactData: chats, uri: link } = fields
  const name = nameOf(given, LONGEST_NAME)
  if (name === null) return reject(id, 'name_missing')
  const responsible = idOf(responsibleUserId)
  if (responsible === null) return reject(id, 'responsible_missing')
  if (!Array.isArray(chats) || chats.length === 0) return reject(id, 'chats_missing')
  const read = chats.slice(0, MOST_CHATS).map((chat) => chatOf(chat, readPhone))
  const contactData = read.flatMap(({ chat }) => chat ?? [])
  if (contactData.length === 0) {
    return reject(id, read.find(({ phoneLost }) => phoneLost)?.phoneLost ?? 'chats_not_usable')
  }
  const uri = uriOf(link)
  const leftOut = [
    ...(contactData.length < chats.length ? ['chat_left_out'] : []),
    ...(read.some(({ chat, phoneLost }) => chat && phoneLost) ? ['phone_left_out'] : []),
    ...(uri.kind === 'bad' ? ['uri_left_out'] : []),
  ]
  const row = {
    id,
    responsibleUserId: responsible,
    name,
    contactData,
    ...(uri.kind === 'uri' && { uri: uri.uri }),
  }
  return { kind: 'row', id, row, leftOut }
}
