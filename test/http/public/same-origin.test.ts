import { expect, test } from 'vitest'
import { isSameOrigin } from '../../../src/http/public/same-origin.ts'

const home = new URL('https://wauth.crm.example')

test.each([
  ['a modern browser, from our page', { 'sec-fetch-site': 'same-origin', origin: 'null' }, true],
  ['an older browser, from our page', { origin: 'https://wauth.crm.example' }, true],
  ['an old browser that says nothing: the token decides', {}, true],
  ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, false],
  ['a sibling host', { 'sec-fetch-site': 'same-site' }, false],
  ['typed in or from a bookmark: no form is', { 'sec-fetch-site': 'none' }, false],
  ['an older browser, from elsewhere', { origin: 'https://evil.example' }, false],
  ['an origin that only begins like ours', { origin: 'https://wauth.crm.example.evil.example' }, false],
  ['the right name without TLS', { origin: 'http://wauth.crm.example' }, false],
])('%s', (_who, headers, expected) => {
  expect(isSameOrigin(headers, home)).toBe(expected)
})
