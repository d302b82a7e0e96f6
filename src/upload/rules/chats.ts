import { hasDigits } from './phone-notation.ts'
import type { Phone, ReadPhone } from './phones.ts'
import { NO_TEXT } from './text.ts'
import { isTelegramName, userNameOf } from './user-names.ts'

const LONGEST = 200

const opaque = (value: unknown): string | null => {
  const text = typeof value === 'number' ? String(value) : value
  const isOne = typeof text === 'string' && text.trim() !== '' && text.length <= LONGEST
  return isOne && !NO_TEXT.test(text) && !ADDRESS.test(text) ? text : null
}

/** An address says who somebody is to people, and is no id. */
const ADDRESS = /^\s*[a-z]+:\/\//i

/** How a chatId of each type must look (fact sheet, 2.6). */
const CHAT_IDS: Readonly<Record<string, 'phone' | ((value: unknown) => string | null)>> = {
  whatsapp: 'phone',
  viber: 'phone',
  instagram: (value) => userNameOf(value, 'instagram'),
  telegram: (value) => (isTelegramName(value) ? null : opaque(value)),
  max: opaque,
  vk: opaque,
  avito: opaque,
  whatsgroup: opaque,
  telegroup: opaque,
  maxgroup: opaque,
}

/** Here a phone or a user name will do in place of the chatId, which only Wazzup knows. */
const REACHABLE = new Set(['telegram', 'max'])

/** An entry of `contactData`, read. */
export interface ReadChat {
  /** In the form that Wazzup takes; null when it cannot be one. */
  chat: object | null
  /** Why a number that it has did not leave. */
  phoneLost: Exclude<Phone['kind'], 'phone'> | null
}

const NO_CHAT: ReadChat = { chat: null, phoneLost: null }

/** Reads one entry of `contactData`. */
export function chatOf(entry: unknown, readPhone: ReadPhone): ReadChat {
  if (typeof entry !== 'object' || entry === null) return NO_CHAT
  const { chatType, chatId, phone: number, username } = entry as Record<string, unknown>
  if (typeof chatType !== 'string' || !Object.hasOwn(CHAT_IDS, chatType)) return NO_CHAT
  const readId = CHAT_IDS[chatType]
  if (readId === undefined) return NO_CHAT
  if (readId === 'phone') {
    const { phone, phoneLost } = phoneOf(chatId, readPhone)
    return { chat: phone === null ? null : { chatType, chatId: phone }, phoneLost }
  }
  const id = readId(chatId)
  if (!REACHABLE.has(chatType))
    return { chat: id === null ? null : { chatType, chatId: id }, phoneLost: null }
  const { phone, phoneLost } = phoneOf(number, readPhone)
  const ways = Object.entries({ chatId: id, phone, username: nameIn(chatType, { chatId, username }) })
  const usable = ways.filter(([, value]) => value !== null)
  return { chat: usable.length > 0 ? { chatType, ...Object.fromEntries(usable) } : null, phoneLost }
}

/** Telegram's may stand in the wrong field. */
function nameIn(chatType: string, { chatId, username }: Record<'chatId' | 'username', unknown>) {
  if (chatType !== 'telegram') return userNameOf(username, null)
  const name = userNameOf(username, 'telegram')
  return name ?? (isTelegramName(chatId) ? userNameOf(chatId, 'telegram') : null)
}

function phoneOf(value: unknown, readPhone: ReadPhone) {
  if (!hasDigits(value)) return { phone: null, phoneLost: null }
  const read = readPhone(value)
  return read.kind === 'phone'
    ? { phone: read.digits, phoneLost: null }
    : { phone: null, phoneLost: read.kind }
}
