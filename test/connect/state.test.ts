import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { claimsOf, stateIn } from '../../src/connect/state.ts'

const visible = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 1,
  maxLength: 4096,
})

const jwtOf = (claims: unknown) =>
  ['header', Buffer.from(JSON.stringify(claims)).toString('base64url'), 'signature'].join('.')

describe('the state in a query', () => {
  test('comes out byte for byte, however it was encoded', () => {
    fc.assert(
      fc.property(visible, (state) => {
        expect(stateIn(`state=${encodeURIComponent(state)}`)).toBe(state)
        const url = new URL('https://crm.example/wauth?x=1')
        url.searchParams.append('state', state)
        expect(stateIn(url.search.slice(1))).toBe(state)
      }),
    )
  })

  test('a plus sign is a plus sign', () => {
    expect(stateIn('state=a+b')).toBe('a+b')
    expect(stateIn('state=a%2Bb')).toBe('a+b')
  })

  test('other parameters are ignored', () => {
    expect(stateIn('utm=1&state=abc&%E0%A4=broken')).toBe('abc')
  })

  test.each([
    ['missing', ''],
    ['missing among others', 'states=abc&sstate=abc'],
    ['empty', 'state='],
    ['without a value', 'state'],
    ['doubled', 'state=abc&state=abc'],
    ['doubled in disguise', 'state=abc&%73tate=def'],
    ['over-long', `state=${'a'.repeat(4097)}`],
    ['with a blank', 'state=a%20b'],
    ['with a line break', 'state=a%0D%0Ab'],
    ['binary', 'state=%FF%FE'],
    ['not ASCII', 'state=%D1%81'],
    ['badly encoded', 'state=%zz'],
  ])('%s: refused', (_what, query) => {
    expect(stateIn(query)).toBeNull()
  })

  test('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (query) => {
        const state = stateIn(query)
        expect(state === null || /^[\x21-\x7e]{1,4096}$/.test(state)).toBe(true)
      }),
    )
  })
})

describe('what a state says about itself', () => {
  test('the module and the account, as text or number', () => {
    expect(claimsOf(jwtOf({ userId: 1, accountId: 87654321, crmCode: 'acme' }))).toEqual({
      ...{ crmCode: 'acme', wazzupAccountId: '87654321' },
    })
  })

  test('nothing, when it is no JWT or says something else', () => {
    const nothing = { crmCode: null, wazzupAccountId: null }
    for (const claims of [
      null,
      [],
      'text',
      { crmCode: {}, accountId: [1] },
      { accountId: 'a'.repeat(101) },
    ]) {
      expect(claimsOf(jwtOf(claims))).toEqual(nothing)
    }
    expect(claimsOf('opaque')).toEqual(nothing)
  })

  test('never throws', () => {
    fc.assert(
      fc.property(fc.string(), fc.json(), (text, json) => {
        claimsOf(text)
        const { wazzupAccountId } = claimsOf(`a.${Buffer.from(json).toString('base64url')}.b`)
        expect(wazzupAccountId === null || typeof wazzupAccountId === 'string').toBe(true)
      }),
    )
  })
})
