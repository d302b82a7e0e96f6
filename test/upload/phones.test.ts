import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { contactRule } from '../../src/upload/rules/contacts.ts'
import { judge } from '../../src/upload/rules/rule.ts'
import { phoneOf } from '../../src/upload/rules/text.ts'
import { userRule } from '../../src/upload/rules/users.ts'
import { SPELLINGS } from './phone-spellings.ts'

test.each(SPELLINGS)('the phone %j leaves as %j', (given, phone) => {
  expect(phoneOf(given)).toBe(phone)
})

describe('whatever comes in', () => {
  const mark = fc.constantFrom(...Array.from('+-().,/ 0\u00a0\u2011\u200e\n'))
  const spelling = fc.oneof(
    fc.string(),
    fc
      .array(fc.oneof(fc.stringMatching(/^\d{1,6}$/), mark), { maxLength: 14 })
      .map((parts) => parts.join('')),
    fc.stringMatching(/^\+?\d{1,3} ?\(\d{1,4}\) ?\d{3,4}[-. ]\d{2}[-. ]\d{2}$/),
  )

  test('the digits that leave are those that came, in their order, or it is a reject', () => {
    let sent = 0
    fc.assert(
      fc.property(spelling, (text) => {
        const phone = phoneOf(text)
        if (phone === null) return
        sent += 1
        const digits = text.replace(/\D/g, '')
        // Two zeros at the beginning are how an international call is dialled, and no part of the number.
        expect([digits, digits.replace(/^00/, '')]).toContain(phone)
        expect(phone).toMatch(/^[1-9]\d{7,14}$/)
      }),
      { numRuns: 3000 },
    )
    expect(sent).toBeGreaterThan(100)
  })

  test('digits with nothing between them leave as they are, where countries have numbers of several lengths', () => {
    const several = /^(?:4[0235-79]|5[1-8]|6[0-6]|82|84|86)\d{6,13}$/
    fc.assert(
      fc.property(fc.stringMatching(several), (digits) => {
        fc.pre(!/^49[59]\d{7}$|^4[013-9]0/.test(digits))
        expect([phoneOf(digits), phoneOf(`+${digits}`), phoneOf(`00${digits}`)]).toEqual(
          Array(3).fill(digits),
        )
      }),
    )
  })

  test('of two numbers with a sign between them, nothing leaves', () => {
    const written = [/^[1-9]\d\d(-\d\d-|\d\d)\d\d$/, /^[1-9]\d\d[- ]\d{4}$/, /^[1-9]\d\d \d\d \d\d$/]
    const abroad = [/^\+?[1-9]\d{10,12}$/, /^\+[1-9] \d{3} \d{3}-\d\d-\d\d$/, /^\+[1-9]\d \(\d{3}\) \d{7}$/]
    const number = fc.oneof(...[...written, ...abroad].map((spelling) => fc.stringMatching(spelling)))
    const sign = fc.oneof(
      fc.constantFrom(...Array.from(' -.,;/|+()\u00a0\u2011\u2013\t\n')),
      fc.stringMatching(/^\D$/),
    )
    fc.assert(
      fc.property(number, sign, number, (one, between, other) => {
        expect(phoneOf(one + between + other)).toBeNull()
      }),
      { numRuns: 3000 },
    )
  })
})

describe('what is not surely a number is told', () => {
  const contact = (...contactData: object[]) =>
    judge({ id: 'c', responsibleUserId: 'u', name: 'Ann', contactData }, contactRule)
  const instagram = { chatType: 'instagram', chatId: 'ann' }
  const byName = { chatType: 'telegram', username: 'ann' }

  test.each(['whatsapp', 'viber'])('of a contact with nothing but such a %s', (chatType) => {
    expect(contact({ chatType, chatId: '89011112233' })).toEqual({
      ...{ kind: 'reject', id: 'c', reason: 'phone_not_usable' },
    })
    expect(contact({ chatType, chatId: 'abc' })).toMatchObject({ reason: 'chats_not_usable' })
    expect(contact({ chatType, chatId: 'abc' }, { chatType, chatId: '+44 (0)20 7946 0958' })).toMatchObject({
      reason: 'phone_not_usable',
    })
  })

  test('of a contact in Telegram by phone', () => {
    expect(contact({ chatType: 'telegram', phone: '79011112233.0' })).toMatchObject({
      reason: 'phone_not_usable',
    })
  })

  test('of a contact with another chat, which goes', () => {
    expect(contact(instagram, { chatType: 'whatsapp', chatId: '8 (901) 111-22-33' })).toMatchObject({
      ...{ row: { contactData: [instagram] }, leftOut: ['chat_left_out'] },
    })
  })

  test('of a chat that is found by its user name as well', () => {
    expect(contact({ ...byName, phone: '79011112233.0' })).toMatchObject({
      ...{ row: { contactData: [byName] }, leftOut: ['phone_left_out'] },
    })
    expect(contact({ ...byName, phone: '' })).toMatchObject({ leftOut: [] })
  })

  test('of a user, who goes without it', () => {
    const user = { id: 'u', name: 'Ann' }
    expect(judge({ ...user, phone: '79011112233.0' }, userRule)).toEqual({
      ...{ kind: 'row', id: 'u', row: user, leftOut: ['phone_not_usable'] },
    })
  })
})
