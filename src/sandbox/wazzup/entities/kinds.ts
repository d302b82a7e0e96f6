import type { Account, Kind } from '../accounts.ts'
import type { DataSwitches } from '../data-switches.ts'
import { fields, flag, identifier, isObject, list, optional, text, type Check } from './fields.ts'

const digits = (value: unknown) => typeof value === 'string' && /^\d{5,20}$/.test(value)
const account = (value: unknown) => typeof value === 'string' && /^[^@\s]{1,100}$/.test(value)
const opaque = text(200)

/** What a chatId looks like, by chat type (fact sheet, 2.6). */
const chatIds: Record<string, (value: unknown) => boolean> = {
  whatsapp: digits,
  viber: digits,
  instagram: account,
  ...Object.fromEntries(
    ['telegram', 'max', 'vk', 'avito', 'whatsgroup', 'telegroup', 'maxgroup'].map((type) => [type, opaque]),
  ),
}

function chat(entry: unknown): boolean {
  if (!isObject(entry)) return false
  const { chatType, chatId, phone, username } = entry
  const fits = typeof chatType === 'string' ? chatIds[chatType] : undefined
  if (!fits) return false
  const reachable = chatType === 'telegram' || chatType === 'max' ? [phone, username] : []
  if (chatId === undefined && reachable.some((way) => way !== undefined)) return true
  return fits(chatId)
}

const stage = (value: unknown) =>
  isObject(value) && fields({ id: text(100), name: text(100) })(value).length === 0

/** What is wrong with a row, as far as the row itself shows it. */
export const checks: Record<Kind, (switches: DataSwitches) => Check> = {
  users: () => fields({ id: text(64), name: text(150) }),
  contacts: () =>
    fields({
      id: text(100),
      responsibleUserId: text(100),
      name: text(200),
      contactData: list(chat, [1, 100]),
      uri: optional(text(200)),
    }),
  deals: ({ dealUri }) =>
    fields({
      id: identifier(100),
      responsibleUserId: text(100),
      name: text(200),
      uri: dealUri === 'required' ? text(200) : optional(text(200)),
      contacts: list(text(100), [1, 10]),
      closed: flag,
    }),
  pipelines: () =>
    fields({ id: identifier(100), name: text(100), stages: optional(list(stage, [1, Infinity])) }),
}

/** What a row names that the account does not have. */
export function danglingFields(
  kind: Kind,
  row: Record<string, unknown>,
  { users, contacts }: Account,
): string[] {
  if (kind !== 'contacts' && kind !== 'deals') return []
  const wrong = users.has(String(row['responsibleUserId'])) ? [] : ['responsibleUserId']
  const named = kind === 'deals' ? (row['contacts'] as string[]) : []
  return named.every((id) => contacts.has(id)) ? wrong : [...wrong, 'contacts']
}
