import { describe, expect, test } from 'vitest'
import { contactRule } from '../../../src/upload/rules/contacts.ts'
import { createReadPhone } from '../../../src/upload/rules/phones.ts'
import { judge, wasSent } from '../../../src/upload/rules/rule.ts'
import { userRule } from '../../../src/upload/rules/users.ts'

describe('what is not surely a number is told', () => {
  const readPhone = createReadPhone(null)
  const contact = (...contactData: object[]) =>
    judge({ id: 'c', responsibleUserId: 'u', name: 'Ann', contactData }, contactRule, readPhone)
  const instagram = { chatType: 'instagram', chatId: 'ann' }
  const byName = { chatType: 'telegram', username: 'ann' }

  test.each(['whatsapp', 'viber'])('of a contact with nothing but such a %s', (chatType) => {
    expect(contact({ chatType, chatId: '89011112233' })).toEqual({
      ...{ kind: 'reject', id: 'c', reason: 'phone_not_usable' },
    })
    expect(contact({ chatType, chatId: 'abc' })).toMatchObject({ reason: 'chats_not_usable' })
    expect(contact({ chatType, chatId: 'abc' }, { chatType, chatId: '020 7946 0958' })).toMatchObject({
      reason: 'phone_not_usable',
    })
  })

  test('of a contact in Telegram by phone', () => {
    expect(contact({ chatType: 'telegram', phone: '8 901 111-22-33' })).toMatchObject({
      reason: 'phone_not_usable',
    })
  })

  test('of a contact with another chat, which goes', () => {
    expect(contact(instagram, { chatType: 'whatsapp', chatId: '8 (901) 111-22-33' })).toMatchObject({
      ...{ row: { contactData: [instagram] }, leftOut: ['chat_left_out'] },
    })
  })

  test('of a chat that is found by its user name as well', () => {
    expect(contact({ ...byName, phone: '8 901 111-22-33' })).toMatchObject({
      ...{ row: { contactData: [byName] }, leftOut: ['phone_left_out'] },
    })
    expect(contact({ ...byName, phone: '' })).toMatchObject({ leftOut: [] })
  })

  test('of a user, who goes without it', () => {
    const user = { id: 'u', name: 'Ann' }
    expect(judge({ ...user, phone: '8 901 111-22-33' }, userRule, readPhone)).toEqual({
      ...{ kind: 'row', id: 'u', row: user, leftOut: ['phone_not_usable'] },
    })
  })
})

describe('with a home country', () => {
  const readPhone = createReadPhone('RU')
  const contact = (...contactData: object[]) =>
    judge({ id: 'c', responsibleUserId: 'u', name: 'Ann', contactData }, contactRule, readPhone)

  test('its numbers leave with their country code', () => {
    expect(contact({ chatType: 'whatsapp', chatId: '8 (901) 111-22-33' })).toMatchObject({
      row: { contactData: [{ chatType: 'whatsapp', chatId: '79011112233' }] },
    })
    expect(judge({ id: 'u', name: 'Ann', phone: '901 111-22-33' }, userRule, readPhone)).toMatchObject({
      ...{ row: { phone: '79011112233' }, leftOut: [] },
    })
  })

  test('a number with two meanings is told as ambiguous; a user goes without it', () => {
    expect(contact({ chatType: 'viber', chatId: '84951112233' })).toMatchObject({ reason: 'phone_ambiguous' })
    expect(judge({ id: 'u', name: 'Ann', phone: '84951112233' }, userRule, readPhone)).toEqual({
      ...{ kind: 'row', id: 'u', row: { id: 'u', name: 'Ann' }, leftOut: ['phone_ambiguous'] },
    })
    expect(wasSent({ kind: 'users', reason: 'phone_ambiguous' })).toBe(true)
    expect(wasSent({ kind: 'contacts', reason: 'phone_ambiguous' })).toBe(false)
  })
})
