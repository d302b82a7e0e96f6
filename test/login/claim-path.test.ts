import { describe, expect, test } from 'vitest'
import { claimAt } from '../../src/login/claim-path.ts'

describe('a name finds', () => {
  test.each<[string, string, object, unknown]>([
    ['a claim', 'role', { role: 'admin' }, 'admin'],
    ['what is deeper', 'realm_access.roles', { realm_access: { roles: ['admin'] } }, ['admin']],
    ['what is much deeper', 'a.b.c.d', { a: { b: { c: { d: 1 } } } }, 1],
    ['a claim named by an address', 'https://crm.example/roles', { 'https://crm.example/roles': 'x' }, 'x'],
    [
      'what is inside such a claim',
      'https://crm.example/app.roles',
      { 'https://crm.example/app': { roles: 'x' } },
      'x',
    ],
    ['a key with a dot inside a claim', 'access.crm.example', { access: { 'crm.example': 'x' } }, 'x'],
    ['a claim with a dot before what is deeper', 'a.b', { 'a.b': 'flat', a: { b: 'deep' } }, 'flat'],
    ['the longer name first', 'a.b.c', { 'a.b': { c: 'longer' }, a: { 'b.c': 'shorter' } }, 'longer'],
    ['what is deeper when the claim itself says nothing', 'a.b', { 'a.b': null, a: { b: 'deep' } }, 'deep'],
    ['a false', 'a.b', { a: { b: false } }, false],
    ['a zero', 'a.b', { a: { b: 0 } }, 0],
  ])('%s', (_, name, claims, said) => {
    expect(claimAt(claims as Record<string, unknown>, name)).toEqual(said)
  })
})

describe('a name finds nothing', () => {
  const claims = JSON.parse(
    '{"a":{"b":"x"},"list":["x"],"none":null,"blank":" ","empty":[],"hollow":{},"__proto__":{"role":"admin"},"constructor":{"name":"admin"}}',
  ) as Record<string, unknown>

  test.each([
    ...['b', 'a.c', 'a.b.c', 'list.0', 'list.length', 'a.b.length', '.a', 'a.', 'a..b', ''],
    ...['none', 'blank', 'empty', 'hollow'],
    ...['__proto__', '__proto__.role', 'constructor', 'constructor.name', 'a.__proto__', 'a.constructor'],
    ...['a.constructor.name', 'a.__proto__.constructor', 'toString', 'a.hasOwnProperty'],
  ])('%s', (name) => {
    expect(claimAt(claims, name)).toBeUndefined()
  })
})
