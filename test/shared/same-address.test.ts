import { expect, test } from 'vitest'
import { isSameAddress } from '../../src/shared/same-address.ts'

const HANDLER = 'https://crm.example/wazzup/webhooks?second-factor=a/b~c'

test.each([
  'https://crm.example/wazzup/webhooks?second%2Dfactor=a/b~c',
  'https://crm.example/wazzup/webhooks?second%2dfactor=a%2Fb%7Ec',
  'https://CRM.Example:443/%77azzup/./webhooks?second-factor=a/b~c',
  'HTTPS://crm.example/wazzup/x/%2E%2e/webhooks?second-factor=a/b~c#top',
])('%s is the same address', (spelling) => {
  expect(isSameAddress(spelling, new URL(HANDLER))).toBe(true)
  expect(isSameAddress(HANDLER, spelling)).toBe(true)
})

test.each([
  ['https://crm.example/wazzup%2Fwebhooks?second-factor=a/b~c', 'an encoded slash is no slash'],
  ['https://crm.example/wazzup/webhooks/?second-factor=a/b~c', 'a slash more'],
  ['https://crm.example/wazzup/Webhooks?second-factor=a/b~c', 'a path has a case'],
  ['https://crm.example/wazzup/webhooks?second-factor=a/b~d', 'another value'],
  ['https://crm.example/wazzup/webhooks?second-factor=a%26b~c', 'an encoded & is no &'],
  ['https://crm.example./wazzup/webhooks?second-factor=a/b~c', 'to the URL standard this is another host'],
  ['https://crm.example:8443/wazzup/webhooks?second-factor=a/b~c', 'another port'],
  ['http://crm.example/wazzup/webhooks?second-factor=a/b~c', 'another scheme'],
  ['https://ann:x@crm.example/wazzup/webhooks?second-factor=a/b~c', 'somebody logs in'],
  ['no address', 'none at all'],
])('%s is another one: %s', (other) => {
  expect(isSameAddress(other, HANDLER)).toBe(false)
})

test('names and bytes of the world are compared by what they are', () => {
  expect(
    isSameAddress(
      'https://müller.example/ключ?я=%D1%8F',
      'https://xn--mller-kva.example/%D0%BA%D0%BB%D1%8E%D1%87?%D1%8F=я',
    ),
  ).toBe(true)
  expect(isSameAddress('http://127.1/%ff', 'http://127.0.0.1:80/%FF')).toBe(true)
  expect(isSameAddress('http://127.0.0.1/%fe', 'http://127.0.0.1/%ff')).toBe(false)
})
