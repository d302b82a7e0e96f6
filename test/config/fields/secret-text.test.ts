import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { secretText } from '../../../src/config/fields/secret-text.ts'
import { readField } from '../../support/read-field.ts'

describe('secret', () => {
  const secret = 'Zk3vQ9pLw2Xr7Tn5'

  test('is kept so that it does not print', () => {
    expect(String(readField(secretText(), secret))).toBe('***')
  })

  test.each([
    'our-secret',
    'secret',
    'changeme',
    'your-secret-key-here',
    'OUR_SECRET_TOKEN_123',
    'changemechangeme',
    'aaaaaaaaaaaaaaaaaaaaaaaa',
    'abababababababababab',
    '1234123412341234',
    `${secret} `,
    ` ${secret}`,
    'пароль-из-кириллицы',
    secret.slice(1),
  ])('is refused, unquoted: %j', (text) => {
    expect(readField(secretText(), text)).toMatch(/^refused: (?!.*(our|change|aaa|abab|1234|Zk3))/)
  })

  test('may have to be longer', () => {
    expect(readField(secretText({ min: 32 }), secret)).toBe('refused: is shorter than 32 characters')
  })

  test('of random characters is not taken for a sample', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 24, maxLength: 48 }), (bytes) => {
        fc.pre(new Set(bytes).size > 12)
        expect(String(readField(secretText(), Buffer.from(bytes).toString('base64')))).toBe('***')
      }),
    )
  })
})
