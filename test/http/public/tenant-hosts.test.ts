import { expect, test } from 'vitest'
import { tenantRedirect } from '../../../src/http/public/tenant-hosts.ts'

const home = new URL('https://wauth.crm.example')
const redirectOf = tenantRedirect(['*.crm.example', 'portal.example'], home)

test.each([
  ['acme.crm.example', 'state=abc'],
  ['deep.acme.crm.example', 'x=1&state=abc'],
  ['ACME.CRM.EXAMPLE', 'state=abc'],
  ['portal.example', 'state=abc'],
])('%s?%s is sent home with its state', (host, query) => {
  expect(redirectOf(host, query)?.href).toBe('https://wauth.crm.example/wauth?state=abc')
})

test.each([
  ['the home itself, though the pattern matches', 'wauth.crm.example', 'state=abc'],
  ['the name behind the star', 'crm.example', 'state=abc'],
  ['a name that only ends alike', 'evilcrm.example', 'state=abc'],
  ['a name that only begins alike', 'portal.example.evil.example', 'state=abc'],
  ['no state', 'acme.crm.example', 'code=abc'],
  ['two states', 'acme.crm.example', 'state=abc&state=def'],
])('%s: none of its business', (_what, host, query) => {
  expect(redirectOf(host, query)).toBeNull()
})

test('the state arrives byte for byte', () => {
  const url = redirectOf('acme.crm.example', 'state=a%2Bb+c%26d')
  expect(url?.search).toBe('?state=a%2Bb%2Bc%26d')
})

test('switched off, no host is special', () => {
  expect(tenantRedirect([], home)('acme.crm.example', 'state=abc')).toBeNull()
})
