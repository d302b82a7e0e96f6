import { chatOf } from './chats.ts'
import type { ReadPhone } from './phones.ts'
import { idOf, reject, type Rule } from './rule.ts'
import { nameOf, uriOf } from './text.ts'

const LONGEST_NAME = 200

/** Reading a phone takes time, and everybody waits for it. */
const MOST_CHATS = 50

/** Fact sheet, 7. Of several chats those that are good are sent; without one there is nothing to write to. */
export const contactRule: Rule = (fields, id, readPhone) => {
  const { name: given, responsibleUserId: owner, contactData: chats, uri: link } = fields
  const name = nameOf(given, LONGEST_NAME)
  if (name === null) return reject(id, 'name_missing')
  const responsibleUserId = idOf(owner)
  if (responsibleUserId === null) return reject(id, 'responsible_missing')
  if (!Array.isArray(chats) || chats.length === 0) return reject(id, 'chats_missing')
  const { contactData, phoneLost, hasLostPhone } = chatsOf(chats, readPhone)
  if (contactData.length === 0) return reject(id, phoneLost ?? 'chats_not_usable')
  const uri = uriOf(link)
  const leftOut: string[] = []
  if (contactData.length < chats.length) leftOut.push('chat_left_out')
  if (hasLostPhone) leftOut.push('phone_left_out')
  if (uri.kind === 'bad') leftOut.push('uri_left_out')
  // Both are written out: to copy one and add to it takes half as long again as all the rest of the rule.
  const row =
    uri.kind === 'uri'
      ? { id, responsibleUserId, name, contactData, uri: uri.uri }
      : { id, responsibleUserId, name, contactData }
  return { kind: 'row', id, row, leftOut }
}

/** `phoneLost`: why the first number that was lost did not leave. `hasLostPhone`: whether a chat goes out without its own. */
function chatsOf(chats: readonly unknown[], readPhone: ReadPhone) {
  const contactData: object[] = []
  let phoneLost: string | null = null
  let hasLostPhone = false
  for (const given of chats.slice(0, MOST_CHATS)) {
    const read = chatOf(given, readPhone)
    phoneLost ??= read.phoneLost
    if (read.chat === null) continue
    contactData.push(read.chat)
    hasLostPhone ||= read.phoneLost !== null
  }
  return { contactData, phoneLost, hasLostPhone }
}
