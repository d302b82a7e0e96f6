import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { digest } from '../../src/crypto/digest.ts'
import { claimsOf, stateHashOf, stateIn } from '../../src/connect/state.ts'

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

describe('what a state is burnt by', () => {
  // 'A' 'AB' 'ABC' in base64url; the last character of the first two has four and two bits that nobody reads.
  const [one, two, three] = ['QQ', 'QUI', 'QUJD']
  // Bytes in which the two alphabets differ.
  const [url, standard] = ['--__', '++//']
  const header = Buffer.from('{"alg":"RS256"}').toString('base64url')

  test.each([
    ['unused bits of the first part', `QR.${two}.${three}`, `${one}.${two}.${three}`],
    ['unused bits of the second part', `${one}.QUJ.${three}`, `${one}.${two}.${three}`],
    ['unused bits of the last part', `${three}.${two}.Qf`, `${three}.${two}.${one}`],
    ['padding', `QQ==.QUI=.${three}`, `${one}.${two}.${three}`],
    ['padding that is too short or too long', `QQ=.QUI===.${three}=`, `${one}.${two}.${three}`],
    ['the standard alphabet', `${one}.${standard}.${three}`, `${one}.${url}.${three}`],
    ['both alphabets in one part', `${one}.+-/_.${three}`, `${one}.--__.${three}`],
    ['all of it at once', `QR==.${standard}.QUK=`, `${one}.${url}.QUI`],
    ['an empty last part, as of a token without a signature', `QR.${two}.=`, `${one}.${two}.`],
    ['an empty part in between', `QR..${three}`, `${one}..${three}`],
    ['in a JWT, a character that decoders skip', `${header}.${two}.!${three}`, `${header}.${two}.${three}`],
    ['in a JWT, a character that is half a byte', `${header}.${two}.${three}Q`, `${header}.${two}.${three}`],
  ])('is the same for two spellings: %s', (_what, spelling, canonical) => {
    expect(stateHashOf(spelling)).toBe(digest(canonical))
  })

  test.each([
    ['opaque', 'opaque'],
    ['opaque, with what would be spellings of a part', 'QR=='],
    ['two parts', 'QR.QUJ'],
    ['four parts', 'QR.QUJ.QR.QUJ'],
    ['three parts of which one is no base64', 'QR.QUJ.not~base64'],
    ['three parts of which one has half a byte', 'QR.QUJ.QUJDQ'],
    ['padding in the middle of a part', 'QR.Q=J.QUJD'],
    ['nothing but dots', '..'],
    ['three canonical parts', `${one}.${two}.${three}`],
    ['a JWT', jwtOf({ crmCode: 'acme', accountId: 7 })],
  ])('is the text itself: %s', (_what, state) => {
    expect(stateHashOf(state)).toBe(digest(state))
  })

  test('tells any two states apart that are spelt as the standard says, as before', () => {
    const part = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('base64url'))
    fc.assert(
      fc.property(fc.tuple(part, part, part), (parts) => {
        expect(stateHashOf(parts.join('.'))).toBe(digest(parts.join('.')))
      }),
    )
  })

  test('never throws', () => {
    fc.assert(
      fc.property(visible, (state) => {
        expect(stateHashOf(state)).toMatch(/^[0-9a-f]{64}$/)
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
