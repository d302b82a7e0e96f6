import { describe, expect, test } from 'vitest'
import { origin, webUrl } from '../../../src/config/fields/web-url.ts'
import { readField } from '../../support/read-field.ts'

describe('addresses', () => {
  test.each(['https://wauth.example', 'https://wauth.example:8443/', 'http://127.0.0.1:3000'])(
    '%s is an origin',
    (text) => {
      expect(readField(origin(), text)).toEqual(new URL(text))
    },
  )

  test.each([
    ['wauth.example', 'is not a web address'],
    ['ftp://wauth.example', 'is not a web address'],
    ['javascript:alert(1)', 'is not a web address'],
    ['https://user:canary@wauth.example', 'must not contain a user name or password'],
    ['https://wauth.example/#x', 'must not contain a fragment (#…)'],
    ['https://wauth.example/path', 'must be an origin, without a path or a query'],
    ['https://wauth.example/?', 'must be an origin, without a path or a query'],
  ])('%s is no origin', (text, refusal) => {
    expect(readField(origin(), text)).toBe(`refused: ${refusal}`)
  })

  test('have a length limit where Wazzup has one', () => {
    const address = (length: number) => 'https://crm.example/'.padEnd(length, 'x')
    expect(readField(webUrl({ maxLength: 200 }), address(200))).toBeInstanceOf(URL)
    expect(readField(webUrl({ maxLength: 200 }), address(201))).toBe('refused: is longer than 200 characters')
  })
})
