import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { contactRule } from '../../src/upload/rules/contacts.ts'
import { dealRule } from '../../src/upload/rules/deals.ts'
import { pipelineRule } from '../../src/upload/rules/pipelines.ts'
import { createReadPhone } from '../../src/upload/rules/phones.ts'
import { judge as judgeBy, type Rule } from '../../src/upload/rules/rule.ts'
import { nameOf } from '../../src/upload/rules/text.ts'
import { userRule } from '../../src/upload/rules/users.ts'

const judge = (row: unknown, rule: Rule) => judgeBy(row, rule, createReadPhone(null))

const contact = (more: object = {}) => ({
  ...{ id: 'c-1', responsibleUserId: 'u-1', name: 'Ann' },
  contactData: [{ chatType: 'whatsapp', chatId: '79011112233' }],
  ...more,
})
const ids = (n: number) => Array.from({ length: n }, (_, index) => `c-${index}`)
const deal = (more: object = {}) => ({
  ...{ id: 'd-1', responsibleUserId: 'u-1', name: 'Trip', contacts: ['c-1'], closed: false },
  ...more,
})

describe('names', () => {
  test('are cut where no character is torn', () => {
    const family = '👨‍👩‍👧'
    expect(nameOf(`${'x'.repeat(148)}${family}`, 150)).toBe('x'.repeat(148))
    expect(nameOf(`${'x'.repeat(142)}${family}`, 150)).toBe(`${'x'.repeat(142)}${family}`)
    expect(nameOf('e\u0301'.repeat(200), 149)).toBe('e\u0301'.repeat(74))
  })

  test('of one character that is too long are cut in it', () => {
    expect(nameOf(`z${'\u0301'.repeat(400)}`, 150)).toBe(`z${'\u0301'.repeat(149)}`)
  })

  test('have no control characters and no halves of pairs', () => {
    expect(nameOf('\u0000 Ann\ud83d\r\nLee\u0085B\ude00\n', 150)).toBe('Ann Lee B')
    expect(nameOf('\u0000\ud83d\u0007', 150)).toBeNull()
  })

  test('whatever they are, they fit, and no half of a pair is left', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 400 }),
        fc.integer({ min: 1, max: 200 }),
        (name, longest) => {
          const cut = nameOf(name, longest)
          expect(cut === null || (cut.length <= longest && cut.isWellFormed())).toBe(true)
        },
      ),
    )
  })
})

describe('a link', () => {
  test.each([
    ['HTTPS://CRM.example', 'https://crm.example/'],
    ['https://crm.example/сделка?a=1#b', 'https://crm.example/%D1%81%D0%B4%D0%B5%D0%BB%D0%BA%D0%B0?a=1#b'],
    ['http://crm.example:80/../d', 'http://crm.example/d'],
  ])('goes out as the URL parser writes it: %s', (uri, written) => {
    expect(judge(deal({ uri }), dealRule)).toMatchObject({ row: { uri: written }, leftOut: [] })
  })

  test.each([
    ...[
      'https://crm.example/a b',
      ' https://crm.example',
      'https://crm.exam\nple',
      'https://crm.exam\u200bple/',
    ],
    ...[
      'https://user:secret@crm.example',
      'https://user@crm.example',
      'https:\\\\crm.example',
      '/deals/1',
      'ftp://crm.example',
    ],
    `https://crm.example/${'é'.repeat(40)}`,
  ])('that cannot be sent as it is is left out: %j', (uri) => {
    expect(judge(deal({ uri }), dealRule)).toMatchObject({
      kind: 'row',
      row: deal(),
      leftOut: ['uri_left_out'],
    })
    expect(judge(contact({ uri }), contactRule)).toMatchObject({ row: contact(), leftOut: ['uri_left_out'] })
  })
})

test.each<[string, unknown, unknown]>([
  [
    'a number as id',
    judge({ id: 7, name: 'Ann' }, userRule),
    { kind: 'row', id: '7', row: { id: '7', name: 'Ann' } },
  ],
  ['no object', judge('x', userRule), { kind: 'reject', id: null, reason: 'not_an_object' }],
  ['no id', judge({ name: 'Ann' }, userRule), { kind: 'reject', id: null, reason: 'id_missing' }],
  ['an id that is too long', judge({ id: 'x'.repeat(65) }, userRule), { reason: 'id_not_usable' }],
  [
    'a bad phone',
    judge({ id: 'u', name: 'A', phone: 'x' }, userRule),
    { row: { id: 'u', name: 'A' }, leftOut: ['phone_left_out'] },
  ],
  ['no name', judge({ id: 'u', name: '  ' }, userRule), { id: 'u', reason: 'name_missing' }],
  [
    'no responsible',
    judge(contact({ responsibleUserId: null }), contactRule),
    { reason: 'responsible_missing' },
  ],
  ['no chat', judge(contact({ contactData: [] }), contactRule), { reason: 'chats_missing' }],
  [
    'an unknown chat',
    judge(contact({ contactData: [{ chatType: 'toString', chatId: '1' }] }), contactRule),
    { reason: 'chats_not_usable' },
  ],
  [
    'one good chat of two',
    judge(contact({ contactData: [{ chatType: 'instagram', chatId: '@ann' }, 7] }), contactRule),
    { row: { contactData: [{ chatType: 'instagram', chatId: 'ann' }] }, leftOut: ['chat_left_out'] },
  ],
  [
    'Telegram by phone',
    judge(contact({ contactData: [{ chatType: 'telegram', phone: '+7 901 1112233' }] }), contactRule),
    { row: { contactData: [{ chatType: 'telegram', phone: '79011112233' }] } },
  ],
  [
    'a link that is too long',
    judge(contact({ uri: `https://x.test/${'x'.repeat(200)}` }), contactRule),
    { row: contact(), leftOut: ['uri_left_out'] },
  ],
  [
    'a deal with such a link',
    judge(deal({ uri: 'javascript:1' }), dealRule),
    { kind: 'row', row: deal(), leftOut: ['uri_left_out'] },
  ],
  [
    'an id with half a pair',
    judge({ id: 'u\ud83d', name: 'Ann' }, userRule),
    { kind: 'reject', id: null, reason: 'id_not_usable' },
  ],
  [
    'a contact of more chats than anybody has',
    judge(
      contact({ contactData: Array(5000).fill({ chatType: 'viber', chatId: '79011112233' }) }),
      contactRule,
    ),
    { leftOut: ['chat_left_out'] },
  ],
  ['a deal without link', judge(deal(), dealRule), { kind: 'row', row: deal() }],
  [
    'a deal of eleven',
    judge(deal({ contacts: ids(11) }), dealRule),
    { row: { contacts: ids(10) }, leftOut: ['contacts_left_out'] },
  ],
  ['a deal of nobody', judge(deal({ contacts: [] }), dealRule), { reason: 'contacts_missing' }],
  ['a deal neither open nor closed', judge(deal({ closed: 'no' }), dealRule), { reason: 'closed_missing' }],
  [
    'no stages',
    judge({ id: 1, name: 'Sales', stages: [] }, pipelineRule),
    { row: { id: '1', name: 'Sales' }, leftOut: [] },
  ],
  [
    'a bad stage',
    judge({ id: 1, name: 'Sales', stages: [{ id: 1, name: 'New' }, {}] }, pipelineRule),
    { row: { stages: [{ id: '1', name: 'New' }] }, leftOut: ['stage_left_out'] },
  ],
])('%s', (_, judged, expected) => {
  expect(judged).toMatchObject(expected as object)
})
