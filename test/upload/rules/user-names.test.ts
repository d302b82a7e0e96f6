import { describe, expect, test } from 'vitest'
import { chatOf } from '../../../src/upload/rules/chats.ts'
import { createReadPhone } from '../../../src/upload/rules/phones.ts'

const chat = (entry: object) => chatOf(entry, createReadPhone(null)).chat

describe('the user name of an address', () => {
  test.each([
    ...['t.me/ann_b', 'https://t.me/ann_b', 'http://www.telegram.me/ann_b/', '@ann_b', 'https://t.me/@ann_b'],
    ...[
      'T.ME/ann_b?start=1',
      ' https://t.me/ann_b#x ',
      'ann_b',
      '@ann_b\u200e',
      '\ufefft.me/ann\u200b_b\u2069',
    ],
  ])('is sent for Telegram: %s', (address) => {
    expect(chat({ chatType: 'telegram', username: address })).toEqual({
      chatType: 'telegram',
      username: 'ann_b',
    })
  })

  test.each(['https://t.me/ann_b', 't.me/ann_b', '@ann_b'])('is none of an id: %s', (chatId) => {
    expect(chat({ chatType: 'telegram', chatId })).toEqual({ chatType: 'telegram', username: 'ann_b' })
  })

  test.each(['instagram.com/ann.b', 'https://www.instagram.com/ann.b/?hl=en', '@ann.b'])(
    'is sent for Instagram: %s',
    (chatId) => {
      expect(chat({ chatType: 'instagram', chatId })).toEqual({ chatType: 'instagram', chatId: 'ann.b' })
    },
  )

  test.each([
    ...[
      'https://t.me/+abc',
      't.me/joinchat/abc',
      't.me/s/ann_b',
      't.me/c/12/3',
      't.me/ann_b/12',
      't.me',
      't.me/',
    ],
    ...[
      'https://other.example/ann_b',
      'tg://resolve?domain=ann_b',
      'ann b',
      'ann:b',
      'a/b',
      'ann\u0000b',
      'ann\ud83d',
      '\u202ennA',
    ],
  ])('is not made of what is none: %s', (username) => {
    expect(chat({ chatType: 'telegram', username })).toBeNull()
    expect(chat({ chatType: 'telegram', username, chatId: '123' })).toEqual({
      chatType: 'telegram',
      chatId: '123',
    })
  })

  test.each([
    'instagram.com/p/abc',
    'https://instagram.com/reel/1',
    'instagram.com/explore/',
    'https://t.me/ann',
  ])('nor for Instagram: %s', (chatId) => {
    expect(chat({ chatType: 'instagram', chatId })).toBeNull()
  })

  test.each(['https://t.me/+abc', 'https://vk.com/id1', 'a\u0000b', 'a\ude00', ' '])(
    '%j is no id',
    (chatId) => {
      expect(chat({ chatType: 'telegram', chatId })).toBeNull()
      expect(chat({ chatType: 'vk', chatId })).toBeNull()
    },
  )
})
