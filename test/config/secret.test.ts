import { format, inspect } from 'node:util'
import { expect, test } from 'vitest'
import { Secret } from '../../src/config/secret.ts'

const value = 'canary-of-a-secret'
const secret = new Secret(value)

test('gives its value to anybody who asks for it by name', () => {
  expect(secret.reveal()).toBe(value)
})

test.each([
  ['a string', () => String(secret)],
  ['JSON', () => JSON.stringify({ secret })],
  ['the console', () => inspect({ deep: { secret } }, { depth: 9, showHidden: true })],
  ['a format', () => format('%s %o %j', secret, secret, secret)],
  ['its own fields', () => JSON.stringify(Object.entries(secret))],
])('does not print as %s', (_, print) => {
  expect(print()).not.toContain('canary')
})
