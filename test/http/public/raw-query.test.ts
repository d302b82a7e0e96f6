import { expect, test } from 'vitest'
import { isReadAlike, rawQueryOf } from '../../../src/http/public/raw-query.ts'

test.each([
  ['/wauth', ''],
  ['/wauth?state=a?b', 'state=a?b'],
  ['/wauth?state=%23&x=%3F', 'state=%23&x=%3F'],
  ['/wauth;a=1?b', 'b'],
  ['//elsewhere.example/wauth?a', 'a'],
  ['http://wauth.crm.example/wauth?a', 'a'],
])('%s can be read in one way', (url, query) => {
  expect(isReadAlike({ url })).toBe(true)
  expect(rawQueryOf({ url })).toBe(query)
})

test.each([
  '/wauth/attempts/x#?retry=login',
  '/wauth#',
  '/wauth?state=x#y',
  'http://wauth.crm.example?a=b/wauth?c=d',
  'http://wauth.crm.example#/wauth?c=d',
  'http://?/wauth',
  'wauth?state=x',
  '*',
  '',
])('%s can be read in two', (url) => {
  expect(isReadAlike({ url })).toBe(false)
})
