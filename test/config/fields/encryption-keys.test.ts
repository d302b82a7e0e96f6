import { describe, expect, test } from 'vitest'
import { encryptionKeys } from '../../../src/config/fields/encryption-keys.ts'
import { Secret } from '../../../src/config/secret.ts'
import { readField } from '../../support/read-field.ts'

const base64 = (byte: (index: number) => number) =>
  Buffer.from(Uint8Array.from({ length: 32 }, (_, i) => byte(i))).toString('base64')
const good = base64((index) => index * 7 + 1)
const other = base64((index) => index * 5 + 2)

describe('encryption keys', () => {
  const keys = (text: string) => {
    const value = readField(encryptionKeys(), text)
    return value instanceof Secret ? (value.reveal() as unknown) : value
  }

  test('keep their order: the first seals', () => {
    expect(keys(`new:${good},old:${other}`)).toEqual([
      { id: 'new', key: Buffer.from(good, 'base64') },
      { id: 'old', key: Buffer.from(other, 'base64') },
    ])
  })

  test.each([
    ['no id', good, 1, 'it is not written as id:base64'],
    ['no base64', 'k1:not base64', 1, 'it is not written as id:base64'],
    ['31 bytes', `k1:${Buffer.alloc(31, 7).toString('base64')}`, 1, 'it does not have exactly 32 bytes'],
    ['all zero', `k1:${base64(() => 0)}`, 1, 'it repeats a few bytes and can be guessed'],
    ['all the same', `k1:${good},k0:${base64(() => 0xff)}`, 2, 'it repeats a few bytes and can be guessed'],
    ['an id twice', `k1:${good},k1:${other}`, 2, 'its id is there twice'],
    ['a key twice', `k2:${good},k1:${good}`, 2, 'the same key is there under another id'],
    ['an empty place', `k1:${good},`, 2, 'it is not written as id:base64'],
  ])('are refused with %s', (_, text, place, reason) => {
    expect(keys(text)).toBe(`refused: has a bad key at place ${place}: ${reason}`)
  })
})
