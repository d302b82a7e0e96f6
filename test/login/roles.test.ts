import { describe, expect, test } from 'vitest'
import { identify } from '../../src/login/identify.ts'

const names = { userName: ['name'], accountId: 'account_id', accountName: 'account_name', role: 'role' }
const user = { sub: 'user-1', account_id: 'acme', account_name: 'Acme' }

const logIn = (role: unknown, allowed: string[]) => identify({ ...user, role }, names, allowed)
const letsIn = (role: string) => ({ kind: 'identified', identity: { role } })
const refused = { kind: 'refused', reason: 'not_allowed' }

describe('an administrator is let in, however the CRM says the role', () => {
  test.each<[string, unknown]>([
    ['a text', 'admin'],
    ['a list', ['user', 'admin']],
    ['words', 'user admin'],
    ['words between which several blanks stand', '  user\t admin '],
    ['words in capitals', 'USER ADMIN admin'],
    ['a text with commas', 'Sales,admin'],
    ['a text with commas and blanks', 'Sales team, admin'],
    ['an object whose keys are roles', { admin: { '2273': 'acme.example' } }],
    ['an object that says yes to each', { user: true, admin: true }],
    ['an object whose role has nothing more to say', { admin: {} }],
    ['an object that counts', { user: 0, admin: 1 }],
    ['a list of such objects', [{ user: { '1': 'a.example' } }, { admin: { '1': 'a.example' } }]],
  ])('%s', (_, role) => {
    expect(logIn(role, ['owner', 'admin'])).toMatchObject(letsIn('admin'))
  })

  test('a role with a blank in a list is one role', () => {
    expect(logIn(['Account owner', 'user'], ['Account owner'])).toMatchObject(letsIn('Account owner'))
  })

  test('a role with a blank as a text is one role', () => {
    expect(logIn('account owner', ['account owner'])).toMatchObject(letsIn('account owner'))
  })
})

describe('nobody is let in by a part of the name of their role', () => {
  test.each<[string, unknown]>([
    ['with a blank, in a list', ['former admin']],
    ['with a comma, in a list', ['admin, former']],
    ['with a blank, between commas', 'sales,former admin'],
    ['that is a key', { 'former admin': true }],
    ['that is to be read', 'Billing admin'],
    ['that is to be read, in another case', 'Read-only admin'],
    ['beside its hyphen', 'admin-former'],
  ])('%s', (_, role) => {
    expect(logIn(role, ['admin'])).toMatchObject(refused)
  })

  test('where the roles of the settings have blanks, too', () => {
    expect(logIn('billing admin', ['admin', 'account owner'])).toMatchObject(refused)
  })
})

describe('a role counts as none', () => {
  test.each<[string, unknown]>([
    ['that an object denies', { admin: false }],
    ['that an object denies in words', { admin: 'false' }],
    ['that an object denies in words, otherwise spelt', { admin: ' False ' }],
    ['that an object denies by a number', { admin: 0 }],
    ['that an object denies by a number as a text', { admin: '0' }],
    ['that an object leaves open', { admin: null }],
    ['that an object leaves empty', { admin: '' }],
    ['that an object leaves blank', { admin: ' ' }],
    ['that an object holds for nobody on a list', { admin: [] }],
    ['that stands deeper', { roles: ['admin'] }],
    ['of an object without keys', {}],
    ['in a list of lists', [['admin']]],
    ['of blanks', ' '],
  ])('%s', (_, role) => {
    expect(logIn(role, ['admin', 'constructor', '__proto__', 'toString'])).toMatchObject(refused)
  })
})

test('a text that lets nobody in is written down whole', () => {
  expect(identify({ ...user, role: 'user admin' }, names, [])).toMatchObject(letsIn('user admin'))
})
