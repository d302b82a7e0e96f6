import { phoneOf } from './text.ts'

const LONGEST = 200

const opaque = (value: unknown): string | null => {
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && text !== '' && text.length <= LONGEST ? text : null
}

const account = (value: unknown): string | null => {
  const name = typeof value === 'string' ? value.trim().replace(/^@/, '') : ''
  return /^[^@\s]{1,100}$/.test(name) ? name : null
}

/** How a chatId of each type must look (fact sheet, 2.6). */
const CHAT_IDS: Readonly<Record<string, (value: unknown) => string | null>> = {
  whatsapp: phoneOf,
  viber: phoneOf,
  instagram: account,
  telegram: opaque,
  max: opaque,
  vk: opaque,
  avito: opaque,
  whatsgroup: opaque,
  telegroup: opaque,
  maxgroup: opaque,
}

/** Here a phone or a user name will do in place of the chatId, which only Wazzup knows. */
const REACHABLE = new Set(['telegram', 'max'])

/** One entry of `contactData` in the form that Wazzup takes; null when it cannot be one. */
export function chatOf(entry: unknown): object | null {
  if (typeof entry !== 'object' || entry === null) return null
  const { chatType, chatId, phone, username } = entry as Record<string, unknown>
  const read =
    typeof chatType === 'string' && Object.hasOwn(CHAT_IDS, chatType) ? CHAT_IDS[chatType] : undefined
  if (!read || typeof chatType !== 'string') return null
  const id = read(chatId)
  if (!REACHABLE.has(chatType)) return id === null ? null : { chatType, chatId: id }
  const ways = { chatId: id, phone: phoneOf(phone), username: account(username) }
  const usable = Object.entries(ways).filter(([, value]) => value !== null)
  return usable.length > 0 ? { chatType, ...Object.fromEntries(usable) } : null
}
