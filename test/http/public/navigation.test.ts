import { expect, test } from 'vitest'
import { isNavigation } from '../../../src/http/public/navigation.ts'

const NAVIGATE = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }

test.each<[string, Record<string, string>]>([
  ['a link that somebody follows', { ...NAVIGATE, 'sec-fetch-site': 'cross-site', 'sec-fetch-user': '?1' }],
  ['an address that somebody types', { ...NAVIGATE, 'sec-fetch-site': 'none' }],
  ['a service worker that passes a navigation on', { ...NAVIGATE, 'sec-fetch-dest': 'empty' }],
  ['a browser that does not say where to', { 'sec-fetch-mode': 'navigate' }],
  ['a browser, or a program, that says nothing', {}],
  ['one that only says from where', { 'sec-fetch-site': 'cross-site' }],
])('%s is a navigation', (_what, headers) => {
  expect(isNavigation(headers)).toBe(true)
})

test.each<[string, Record<string, string>]>([
  ['a picture', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }],
  ['a script that fetches', { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }],
  ['a script that fetches, of Node', { 'sec-fetch-mode': 'cors' }],
  ['a web socket', { 'sec-fetch-mode': 'websocket', 'sec-fetch-dest': 'websocket' }],
  ...['iframe', 'frame', 'object', 'embed', 'fencedframe'].map((frame): [string, Record<string, string>] => [
    `a page in ${frame}`,
    { ...NAVIGATE, 'sec-fetch-dest': frame },
  ]),
  ['a picture of a browser that keeps the mode to itself', { 'sec-fetch-dest': 'image' }],
  ['two modes at once', { ...NAVIGATE, 'sec-fetch-mode': 'navigate, no-cors' }],
  ['what is fetched ahead', { ...NAVIGATE, 'sec-purpose': 'prefetch' }],
  ['a page that is rendered ahead', { ...NAVIGATE, 'sec-purpose': 'prefetch;prerender' }],
  ['the same in other letters', { ...NAVIGATE, 'sec-purpose': ' Prefetch; anonymous-client-ip' }],
  ['what older browsers fetch ahead', { purpose: 'prefetch' }],
  ['what older Firefoxes fetch ahead', { 'x-moz': 'prefetch' }],
  ['what older Safaris show small', { 'x-purpose': 'preview' }],
])('%s is not', (_what, headers) => {
  expect(isNavigation(headers)).toBe(false)
})
