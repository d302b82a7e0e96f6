import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { contactRule } from '../../src/upload/rules/contacts.ts'
import { judge } from '../../src/upload/rules/rule.ts'
import { phoneOf } from '../../src/upload/rules/text.ts'
import { userRule } from '../../src/upload/rules/users.ts'

const RU = '79011112233'

/** Spellings, and the digits that leave; null is a reject. */
const SPELLINGS: readonly [unknown, string | null][] = [
  // As Wazzup wants it, and as people write it.
  ['79011112233', RU],
  ['+79011112233', RU],
  ['+7 901 111-22-33', RU],
  ['+7 (901) 111-22-33', RU],
  ['+7(901)1112233', RU],
  ['7 (901) 111 22 33', RU],
  ['+7 - (901) - 111 - 22 - 33', RU],
  ['7-901-111-22-33', RU],
  ['+ 7 901 111 22 33', RU],
  ['(+7) 901 111-22-33', RU],
  ['+(7) 901 111-22-33', RU],
  ['  +7 901 1112233 ', RU],
  ['+7 ( 901 ) 111-22-33', RU],
  ['+1 (703) 555-1212', '17035551212'],
  ['1 703 555 1212', '17035551212'],
  ['+1.7035551212', '17035551212'],
  ['+1.703.555.1212', '17035551212'],
  ['+33.6.12.34.56.00', '33612345600'],
  ['+44 20 7946 0958', '442079460958'],
  ['+44 (20) 7946 0958', '442079460958'],
  ['0044 20 7946 0958', '442079460958'],
  ['00 49 1577 1234567', '4915771234567'],
  ['0049 (1577) 1234567', '4915771234567'],
  ['+380 (44) 123-45-67', '380441234567'],
  // These countries keep the zero, or it is the third digit of the country code.
  ['+38 (044) 123-45-67', '380441234567'],
  ['+38 067 123 45 67', '380671234567'],
  ['+39 06 6982 1234', '390669821234'],
  ['+39 (06) 6982 1234', '390669821234'],
  ['+225 07 08 09 10 11', '2250708091011'],
  ['84951112233', '84951112233'],
  ['+86 139 1234 5678', '8613912345678'],
  ['+290 22345', '29022345'],
  ['123456789012345', '123456789012345'],
  // Spaces, dashes and marks that a word processor or an address book puts in.
  ['+7\u00a0901\u00a0111\u201122\u201133', RU],
  ['7901\u2010111\u201322\u201433', RU],
  ['7901\u2212111\u201522\ufe6333', RU],
  ['+7\u2009901\u202f111\u200722\u300033', RU],
  ['+7\t901\t1112233', RU],
  ['\u202a+79011112233\u202c', RU],
  ['\u200e+7 901 111-22-33\u200e', RU],
  ['\u2066+7 901\u2069 1112233', RU],
  ['\ufeff79011112233\u200b', RU],
  ['7901\u00ad1112233', RU],
  // Numbers of a JSON export.
  [79011112233, RU],
  [79011112233.0, RU],
  [-79011112233, null],
  [79011112233.5, null],
  [1e21, null],
  [89011112233, null],
  [NaN, null],
  // The floats of a spreadsheet.
  ['79011112233.0', null],
  ['79011112233.00', null],
  ['+79011112233.0', null],
  ['7 901 111 22 33.0', null],
  ['7.9011112233', null],
  ['7.9011112233E+10', null],
  ['7,9011112233E+10', null],
  ['79011112233,0', null],
  ['79,011,112,233', null],
  ['79011112233.0.0', null],
  // A zero that is dialled at home only.
  ['+44 (0)20 7946 0958', null],
  ['+44 (0) 20 7946 0958', null],
  ['+49 (0) 170 1234567', null],
  ['+49(0)1701234567', null],
  ['+44 (020) 7946 0958', null],
  ['+44 020 7946 0958', null],
  ['0049 (0)170 1234567', null],
  ['(0)20 7946 0958', null],
  ['020 7946 0958', null],
  ['0901 111 22 33', null],
  // An eight that is dialled at home only: no country code begins with 83 or 89, and none is 8.
  ['89011112233', null],
  ['8 (901) 111-22-33', null],
  ['8901 111-22-33', null],
  ['8-901-111-22-33', null],
  ['+89011112233', null],
  ['83011112233', null],
  ['8 (495) 111-22-33', null],
  // No country code.
  ['(495) 111-22-33', null],
  ['(901) 1112233', null],
  ['1112233', null],
  ['111-22-33', null],
  ['8 800', null],
  // More than one number, or more than a number.
  ['+7 901 1112233 +7 901 1112244', null],
  ['1112233 1112244', null],
  ['79011112233, 79011112244', null],
  ['79011112233; 79011112244', null],
  ['79011112233/79011112244', null],
  ['79011112233\n79011112244', null],
  ['79011112233 ext. 4', null],
  ['79011112233 доб. 4', null],
  ['79011112233x4', null],
  ['79011112233#4', null],
  ['+7 (495) 111-22-33 (105)', null],
  ['1234567890123456', null],
  // Signs where none belongs.
  ['-79011112233', null],
  ['\u221279011112233', null],
  ['79011112233-', null],
  ['7901+1112233', null],
  ['++79011112233', null],
  ['79011112233+', null],
  ['+0079011112233', null],
  ['+7 901) 111-22-33', null],
  ['+7 ((901)) 111-22-33', null],
  ['7901*1112233', null],
  ['\u202e79011112233', null],
  // Digits of other scripts.
  ['٧٩٠١١١١٢٢٣٣', null],
  ['\uff17\uff19\uff10\uff11\uff11\uff11\uff11\uff12\uff12\uff13\uff13', null],
  // No phone at all.
  ['', null],
  ['abc', null],
  ['+', null],
  [null, null],
  [undefined, null],
  [true, null],
  [{}, null],
]

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

  test('digits with nothing between them leave as they are', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^([1-79]\d|8[0-24-8])\d{6,13}$/), (digits) => {
        expect([phoneOf(digits), phoneOf(`+${digits}`), phoneOf(`00${digits}`)]).toEqual(
          Array(3).fill(digits),
        )
      }),
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
