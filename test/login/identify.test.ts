import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { identify } from '../../src/login/identify.ts'

const names = {
  userName: ['name', 'email'],
  accountId: 'account_id',
  accountName: 'account_name',
  role: 'role',
}
const good = { sub: 'user-1', name: 'Anna', account_id: 'acme', account_name: 'Acme', role: 'admin' }
const of = (claims: object, allowed?: string[]) => identify({ ...good, ...claims }, names, allowed)

describe('names', () => {
  test('of users are looked for under several claims, and at last the id is taken', () => {
    expect(of({ name: undefined, email: 'a@crm.example' })).toMatchObject({
      identity: { userName: 'a@crm.example' },
    })
    expect(of({ name: ' ', email: 7 })).toMatchObject({ identity: { userName: 'user-1' } })
  })

  test('that are too long are cut between characters', () => {
    expect(of({ account_name: '👍'.repeat(500) })).toMatchObject({
      identity: { crmAccountName: '👍'.repeat(200) },
    })
  })

  test('of accounts are the id where there is none to be seen', () => {
    for (const account_name of [undefined, null, '', ' ', '\u3164', '\u200b\ufe0f\u00ad']) {
      expect(of({ account_name })).toMatchObject({ identity: { crmAccountName: 'acme' } })
    }
    expect(of({ account_name: 7 })).toMatchObject({ kind: 'refused', code: 'account_name_unusable' })
  })

  test('lose control characters and halves of characters', () => {
    expect(of({ name: 'A\u0000nna\n\ud800 K' })).toMatchObject({ identity: { userName: 'A nna \ufffd K' } })
  })
})

describe('a claim name', () => {
  test('that every object has finds nothing', () => {
    const outcome = identify(good, { ...names, accountId: 'constructor' }, undefined)
    expect(outcome).toMatchObject({ kind: 'refused', code: 'account_id_unusable' })
  })
})

describe('an account id', () => {
  test.each([0, 4711, Number.MAX_SAFE_INTEGER])('may be the whole number %s', (id) => {
    expect(of({ account_id: id })).toMatchObject({ identity: { crmAccountId: String(id) } })
  })

  test.each([1.5, 2 ** 53, NaN, true, null, {}, ' acme', 'acme ', 'ac\u202eme', '\ud800', '.', '..'])(
    'may not be %j',
    (id) => {
      expect(of({ account_id: id })).toMatchObject({ kind: 'refused', code: 'account_id_unusable' })
    },
  )

  test.each([
    ...['00AD', '034F', '115F', '180E', '200B', '2028', '2060', '2800', '3000', '3164'],
    ...['E000', 'FE0F', 'FEFF', 'FFA0', 'E0041'],
  ])('may not have U+%s in it', (code) => {
    expect(of({ account_id: `ac${String.fromCodePoint(parseInt(code, 16))}me` })).toMatchObject({
      ...{ kind: 'refused', reason: 'login_misconfigured', code: 'account_id_unusable' },
    })
  })

  test.each(['...', '.acme', 'a.b', 'acme corp', 'Ромашка', 'e\u0301'])('may be %j', (id) => {
    expect(of({ account_id: id })).toMatchObject({ identity: { crmAccountId: id } })
  })
})

describe('a role', () => {
  test.each([undefined, null, 7, {}, [], [7], ''])('%j is none', (role) => {
    expect(of({ role })).toMatchObject({ identity: { role: null } })
    expect(of({ role }, ['admin'])).toMatchObject({ kind: 'refused', reason: 'not_allowed' })
  })

  test('of several is the one that lets the user in', () => {
    expect(of({ role: ['user', 'owner', 'admin'] }, ['admin', 'owner'])).toMatchObject({
      identity: { role: 'owner' },
    })
  })

  test('of several is the first when every one may connect', () => {
    expect(of({ role: ['user', 'owner'] })).toMatchObject({ identity: { role: 'user' } })
  })
})

test('whatever the claims are, an identity has bounded texts that fit into a page and a log line', () => {
  const claims = fc.record({
    sub: fc.anything(),
    name: fc.string({ unit: 'binary', maxLength: 400 }),
    account_id: fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.integer()),
    account_name: fc.string({ unit: 'binary', maxLength: 400 }),
    role: fc.anything(),
  })
  const property = fc.property(claims, fc.boolean(), (some, fix) => {
    const outcome = identify(fix ? { ...some, sub: 'user-1' } : some, names, undefined)
    if (outcome.kind !== 'identified') return
    const { userId, userName, crmAccountId, crmAccountName } = outcome.identity
    for (const text of [userId, userName, crmAccountId, crmAccountName]) {
      expect(text.isWellFormed() && !/\p{Cc}/u.test(text)).toBe(true)
      expect(Array.from(text).length).toBeLessThanOrEqual(255)
    }
  })
  fc.assert(property, { numRuns: 200 })
  expect(of({})).toMatchObject({ kind: 'identified' })
})
