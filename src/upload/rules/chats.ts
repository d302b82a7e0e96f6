import { hasDigits, phoneOf } from './text.ts'

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

/** An entry of `contactData`, read. `phoneLost`: it has a number, which is not surely a phone. */
export interface ReadChat {
  /** In the form that Wazzup takes; null when it cannot be one. */
  chat: object | null
  phoneLost: boolean
}

const NO_CHAT: ReadChat = { chat: null, phoneLost: false }

/** Reads one entry of `contactData`. */
export function chatOf(entry: unknown): ReadChat {
  if (typeof entry !== 'object' || entry === null) return NO_CHAT
  const { chatType, chatId, phone, username } = entry as Record<string, unknown>
  const read =
    typeof chatType === 'string' && Object.hasOwn(CHAT_IDS, chatType) ? CHAT_IDS[chatType] : undefined
  if (!read || typeof chatType !== 'string') return NO_CHAT
  const id = read(chatId)
  if (!REACHABLE.has(chatType)) {
    const phoneLost = id === null && read === phoneOf && hasDigits(chatId)
    return { chat: id === null ? null : { chatType, chatId: id }, phoneLost }
  }
  const ways = { chatId: id, phone: phoneOf(phone), username: account(username) }
  const usable = Object.entries(ways).filter(([, value]) => value !== null)
  const chat = usable.length > 0 ? { chatType, ...Object.fromEntries(usable) } : null
  return { chat, phoneLost: ways.phone === null && hasDigits(phone) }
}
