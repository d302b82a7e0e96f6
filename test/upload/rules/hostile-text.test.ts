import { describe, expect, test } from 'vitest'
import { createReadPhone } from '../../../src/upload/rules/phones.ts'
import { judge } from '../../../src/upload/rules/rule.ts'
import { RULES } from '../../../src/upload/rules/table.ts'

/** Numbers from 0 up to 1, the same for the same seed (a linear congruence). */
function dice(seed: number) {
  let state = seed
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648
    return state / 2147483648
  }
}

const PIECES = [
  ...[
    'Ann',
    ' ',
    '',
    'Анна',
    '你好',
    'é',
    'e\u0301',
    '👨‍👩‍👧',
    '🇷🇺',
    'x'.repeat(210),
    `z${'\u0301'.repeat(400)}`,
  ],
  ...[
    '\u0000',
    '\n',
    '\r\n',
    '\t',
    '\u001b[31m',
    '\u0085',
    '\u007f',
    '\ud83d',
    '\ude00',
    '\u2028',
    '\u202e',
    '\u200b',
  ],
  ...[
    '79011112233',
    '+44 20 7946 0958',
    '8 (901) 111-22-33',
    '-7',
    '7.9E+10',
    '٣',
    '@',
    '/',
    ':',
    '?',
    '#',
    '\\',
    '%00',
  ],
  ...[
    'https://',
    'http:',
    'javascript:',
    'ftp://',
    't.me/',
    'https://t.me/',
    'telegram.me/+',
    'instagram.com/',
    'p/',
  ],
  ...[
    'crm.example',
    'user:secret@',
    '/deals/1',
    'ann',
    'www.',
    '..',
    '<script>',
    '"',
    "'",
    '\ufeff',
    '\u00ad',
  ],
]

const TYPES = ['whatsapp', 'viber', 'instagram', 'telegram', 'max', 'vk', 'avito', 'whatsgroup', 'toString']

function hostile(seed: number) {
  const roll = dice(seed)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(roll() * from.length)] as T
  const text = () => Array.from({ length: Math.floor(roll() * 5) + 1 }, () => pick(PIECES)).join('')
  const value = () =>
    roll() < 0.9 ? text() : pick<unknown>([null, undefined, 7, 1e21, true, {}, [], Number.NaN])
  const chat = () => ({ chatType: pick(TYPES), chatId: value(), phone: value(), username: value() })
  const id = () => (roll() < 0.7 ? `id-${seed}` : value())
  const list = <T>(make: () => T) => Array.from({ length: Math.floor(roll() * 4) }, make)
  return {
    ...{ id: id(), name: value(), phone: value(), responsibleUserId: id(), uri: value(), closed: true },
    ...{ contacts: list(id), contactData: list(chat), stages: list(() => ({ id: id(), name: value() })) },
  }
}

/** Every text in a row, with the name of its field. */
function* textsIn(value: unknown, field = ''): Generator<[string, string]> {
  if (typeof value === 'string') yield [field, value]
  else if (Array.isArray(value)) for (const one of value) yield* textsIn(one, field)
  else if (typeof value === 'object' && value !== null)
    for (const [name, one] of Object.entries(value)) yield* textsIn(one, name)
}

const LONGEST: Record<string, number> = { id: 64, name: 200, uri: 200, username: 100, phone: 15 }

describe('whatever a CRM exports', () => {
  test.each(['users', 'pipelines', 'contacts', 'deals'] as const)(
    'nothing leaves that is no text, number or link: %s',
    (kind) => {
      const readPhone = createReadPhone('RU')
      let left = 0
      for (let seed = 1; seed <= 4000; seed += 1) {
        const judged = judge(hostile(seed), RULES[kind], readPhone)
        if (judged.kind === 'reject') continue
        left += 1
        const { contactData = [] } = judged.row as { contactData?: { chatType: string; chatId?: string }[] }
        for (const { chatType, chatId } of contactData)
          if (/whatsapp|viber/.test(chatType)) expect(chatId).toMatch(/^[1-9]\d{7,14}$/)
        for (const [field, text] of textsIn(judged.row)) {
          const seen = `${field} of ${seed}: ${JSON.stringify(text)}`
          expect(text.isWellFormed(), seen).toBe(true)
          expect(/\p{Cc}/u.test(text), seen).toBe(false)
          expect(text.trim() !== '' && text.length <= (LONGEST[field] ?? 200), seen).toBe(true)
          if (field === 'phone') expect(text, seen).toMatch(/^[1-9]\d{7,14}$/)
          if (field === 'username') expect(text, seen).not.toMatch(/[\s/:@]/u)
          if (field !== 'uri') continue
          expect([new URL(text).href, new URL(text).username, new URL(text).password], seen).toEqual([
            text,
            '',
            '',
          ])
          expect(text, seen).toMatch(/^https?:/)
        }
      }
      expect(left).toBeGreaterThan(50)
    },
  )
})
