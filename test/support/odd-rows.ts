import type { SourceKind } from '../../src/crm/port.ts'
import { rowOf } from '../../src/sandbox/crm/export/rows.ts'
import type { Sizes } from './exported-rows.ts'
import {
  IDS,
  linked,
  nameless,
  names,
  rejected,
  sent,
  type Fields,
  type Make,
  type Odd,
} from './odd-fields.ts'

/** The number of a good contact, as eleven digits of North America. */
const phoneOf = ({ id }: Fields) => `1555${id.slice(-6)}0`

const whatsapp = (chatId: unknown) => ({ contactData: [{ chatType: 'whatsapp', chatId }] })

/** Spellings of one number. */
const SPELLINGS: readonly ((digits: string) => unknown)[] = [
  (digits) => `+${digits}`,
  (digits) => `${digits}.0`,
  Number,
  (digits) => `00 ${digits}`,
  ([, ...digits]) =>
    `+1 (${digits.slice(0, 3).join('')}) ${digits.slice(3, 6).join('')}-${digits.slice(6).join('')}`,
  ([, ...digits]) => `+1\u2011${digits.slice(0, 3).join('')}\u2013${digits.slice(3).join('')}`,
  (digits) => `\u202a+${digits}\u202c\u200e`,
  ([, ...digits]) => `\ufeff+1\u00a0${digits.join('')}`,
]

const NO_PHONES = [
  ...['8901 111-22-33', '8 (495) 111-22-33', '-79011112233', '79011112233 / 79011112234', 'tel:+79011112233'],
  ...['+79011112233 ext. 5', '7.9E+10', '٧٩٠١١١١٢٢٣٣', '\u202e33221110 97', '1234567', '+44', '2026-11-29'],
]

const PHONES: Make[] = [
  ...SPELLINGS.map((spell): Make => (good) => {
    const digits = phoneOf(good)
    return sent(whatsapp(spell(digits)), whatsapp(digits))(good)
  }),
  sent(whatsapp('+44 (0)20 7946 0958'), whatsapp('442079460958')),
  sent(whatsapp('+49 (0) 170 1234567'), whatsapp('491701234567')),
  sent(whatsapp('5215512345678')),
  ...NO_PHONES.map((phone) => rejected('phone_not_usable', whatsapp(phone))),
]

const telegram = (...chats: object[]) => ({
  contactData: chats.map((chat) => ({ chatType: 'telegram', ...chat })),
})
const instagram = (chatId: unknown) => ({ contactData: [{ chatType: 'instagram', chatId }] })

const CHATS: Make[] = [
  ...['https://t.me/ann_lee', '@ann_lee', 'telegram.me/ann_lee?start=1', 'HTTP://T.ME/ann_lee/'].map(
    (username) => sent(telegram({ username }), telegram({ username: 'ann_lee' })),
  ),
  sent(telegram({ chatId: 'https://t.me/ann_lee' }), telegram({ username: 'ann_lee' })),
  ...['https://www.instagram.com/ann.lee/?hl=de', '@ann.lee', 'instagram.com/ann.lee#x'].map((chatId) =>
    sent(instagram(chatId), instagram('ann.lee')),
  ),
  ...['https://t.me/joinchat/abc', 't.me/+79011112233', 'https://example.com/ann'].map((username) =>
    rejected('chats_not_usable', telegram({ username })),
  ),
  ...['https://instagram.com/p/abc', 'a b', '', null, {}].map((chatId) =>
    rejected('chats_not_usable', instagram(chatId)),
  ),
  sent(
    telegram({ username: 'ann_lee', phone: 'none 1' }),
    telegram({ username: 'ann_lee' }),
    'phone_left_out',
  ),
  (good) => {
    const { contactData } = whatsapp(phoneOf(good))
    const odd = [
      null,
      'text',
      { chatType: 'fax', chatId: '1' },
      { chatType: 'instagramComment', chatId: '1' },
    ]
    return sent({ contactData: [...odd, ...contactData] }, { contactData }, 'chat_left_out')(good)
  },
  (good) => {
    const { contactData } = whatsapp(phoneOf(good))
    const fifty = Array.from({ length: 50 }, () => contactData).flat()
    return sent({ contactData: [...fifty, ...contactData] }, { contactData: fifty }, 'chat_left_out')(good)
  },
  ...[[], undefined, null, {}, 'text'].map((contactData) => rejected('chats_missing', { contactData })),
  ...[undefined, null, ' ', {}].map((responsibleUserId) =>
    rejected('responsible_missing', { responsibleUserId }),
  ),
]

const ids = (count: number) => Array.from({ length: count }, (_, n) => `c-${n}`)

const DEALS: Make[] = [
  ...[[], undefined, null, {}, 'c-1', [null, '']].map((contacts) =>
    rejected('contacts_missing', { contacts }),
  ),
  sent({ contacts: ids(11) }, { contacts: ids(10) }, 'contacts_left_out'),
  sent({ contacts: [7, '7', 'a\u0000b', 'c-1', 'c-1'] }, { contacts: ['7', 'c-1'] }),
  ...['true', 1, null, undefined].map((closed) => rejected('closed_missing', { closed })),
]

/** `phone` is `undefined` in what is kept. */
const USERS: Make[] = NO_PHONES.map((phone) => sent({ phone }, { phone: undefined }, 'phone_not_usable'))

const PIPELINES: Make[] = [
  sent({ stages: [] }, { stages: undefined }),
  sent(
    { stages: [null, { id: 1, name: 'New' }, { id: 's' }] },
    { stages: [{ id: '1', name: 'New' }] },
    'stage_left_out',
  ),
]

const ODD: Readonly<Record<SourceKind, Make[]>> = {
  users: [...names(150), ...nameless, ...USERS],
  pipelines: [...nameless, ...PIPELINES],
  contacts: [...names(200), ...nameless, ...linked, ...IDS, ...PHONES, ...CHATS],
  deals: [...names(200), ...nameless, ...linked, ...DEALS],
}

/** One in so many rows is odd. */
const EVERY = 11

/** The row that is exported with this number, and what has to become of it. Users come twice, one after the other half. */
export function oddRow(kind: SourceKind, at: number, sizes: Sizes): Odd {
  const index = kind === 'users' ? at % Math.ceil(sizes.users / 2) : at
  const good = rowOf(kind, index, { accountId: 'acme', url: 'https://crm.example', size: sizes }) as Fields
  const make = index % EVERY === 0 ? ODD[kind][(index / EVERY) % ODD[kind].length] : undefined
  return make?.(good) ?? { exported: good, kept: good, told: [] }
}

/** Each odd row comes at least so often in an export of so many contacts. */
export const timesIn = (contacts: number) => Math.floor(contacts / EVERY / ODD.contacts.length)
