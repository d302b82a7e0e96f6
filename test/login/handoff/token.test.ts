import fc from 'fast-check'
import { UnsecuredJWT } from 'jose'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { LoginOutcome } from '../../../src/login/port.ts'
import { systemRandom } from '../../../src/shared/random.ts'
import { signingKey } from '../../support/oidc-issuer/signing-key.ts'
import { crmIssuer, crmSecret, handoffToken, secretBytes, type Word } from './crm.ts'
import { openHandoff, type OpenedHandoff } from './open-handoff.ts'

const now = () => Math.floor(Date.now() / 1000)
const aSentence = expect.stringMatching(/^[A-Z].*\.$/) as string
const refusedBy = (code: string) => ({ kind: 'refused', reason: 'login_failed', code, hint: aSentence })

/** Only a CRM can sign these, and only for the login that is under way. Any other token can be brought by anybody. */
const misconfigured = [
  ...['token_iss', 'token_aud', 'token_claim_missing', 'token_claim_malformed', 'token_id_unusable'],
  ...['token_lives_too_long', 'token_from_future', 'token_not_yet_valid'],
  ...['user_id_unusable', 'account_id_unusable', 'account_name_unusable'],
]
const toldAs = (code: string) => ({
  ...refusedBy(code),
  ...(misconfigured.includes(code) && { reason: 'login_misconfigured' }),
})

let opened: OpenedHandoff
let request: string

beforeEach(async () => {
  opened = openHandoff({ HANDOFF_SECRET: crmSecret })
  const start = await opened.method.begin({ attemptId: systemRandom(16), again: false })
  if (start.kind !== 'redirect') throw new Error('login did not begin')
  request = start.remember
})
afterEach(() => opened.method.close())

const answerWith = (token: string): Promise<LoginOutcome> =>
  opened.method.complete({ params: new URLSearchParams({ token }), remembered: request })

const answer = async (word: Partial<Word> = {}) => answerWith(await handoffToken({ request, ...word }))

test('sends the browser to the login page, with the request and the way back', async () => {
  const { method } = openHandoff({
    HANDOFF_SECRET: crmSecret,
    HANDOFF_LOGIN_URL: 'https://crm.example/login?tenant=7',
  })
  const start = await method.begin({ attemptId: 'A'.repeat(22), again: false })
  expect(start).toMatchObject({ kind: 'redirect' })
  const { location, remember } = start as { location: URL; remember: string }
  expect(location.href.split('?')[0]).toBe('https://crm.example/login')
  expect(Object.fromEntries(location.searchParams)).toEqual({
    tenant: '7',
    request: remember,
    return_to: 'https://connector.example/wauth/callback',
  })
})

test('needs no role where every user may connect', async () => {
  expect(await answer({ claims: { role: undefined } })).toMatchObject({
    ...{ kind: 'identified', identity: { userId: 'user-1', role: null } },
  })
})

describe('a token is refused', () => {
  // Told as of the moment of the answer: what this file's loading saw may be seconds old by then.
  const times: [string, (at: number) => Record<string, unknown>, string][] = [
    ['that has expired', (at) => ({ iat: at - 100, exp: at - 40 }), 'token_expired'],
    ['that is not valid yet', (at) => ({ nbf: at + 60 }), 'token_not_yet_valid'],
    ['made in the future', (at) => ({ iat: at + 60, exp: at + 100 }), 'token_from_future'],
    ['that lives longer than two minutes', (at) => ({ iat: at, exp: at + 121 }), 'token_lives_too_long'],
    ['made long ago', (at) => ({ iat: at - 600, exp: at + 30 }), 'token_too_old'],
    ['whose times are text', (at) => ({ exp: String(at + 60) }), 'token_claim_malformed'],
  ]
  test.each(times)('%s', async (_, claimsAt, code) => {
    expect(await answer({ claims: claimsAt(now()) })).toEqual(toldAs(code))
  })

  const claims: [string, Record<string, unknown>, string][] = [
    ['of another issuer', { iss: 'https://other.example' }, 'token_iss'],
    ['of a list of issuers', { iss: [crmIssuer] }, 'token_iss'],
    ['for another service', { aud: 'https://other.example' }, 'token_aud'],
    ['for a page instead of the service', { aud: 'https://connector.example/' }, 'token_aud'],
    ['for another request', { nonce: `${'A'.repeat(22)}.${'B'.repeat(43)}` }, 'token_for_other_request'],
    ['whose nonce is no text', { nonce: 1 }, 'token_for_other_request'],
    ['whose id is empty', { jti: '' }, 'token_id_unusable'],
    ['whose id is endless', { jti: 'x'.repeat(201) }, 'token_id_unusable'],
    ['whose account id is empty', { account_id: '' }, 'account_id_unusable'],
    ['whose account id is endless', { account_id: 'x'.repeat(201) }, 'account_id_unusable'],
    ['whose account id hides a character', { account_id: 'ac\u200bme' }, 'account_id_unusable'],
    ['whose account id breaks a line', { account_id: 'acme\nx' }, 'account_id_unusable'],
    ['whose account id is a list', { account_id: ['acme'] }, 'account_id_unusable'],
    ['whose account has a number for a name', { account_name: 7 }, 'account_name_unusable'],
    ['whose user is no text', { sub: {} }, 'user_id_unusable'],
  ]
  test.each(claims)('%s', async (_, overrides, code) => {
    expect(await answer({ claims: overrides })).toEqual(toldAs(code))
  })

  test.each([
    ['iss', 'token_iss'],
    ['aud', 'token_aud'],
    ['nonce', 'token_nonce_missing'],
    ['iat', 'token_claim_missing'],
    ['exp', 'token_claim_missing'],
    ['jti', 'token_id_unusable'],
    ['sub', 'user_id_unusable'],
    ['account_id', 'account_id_unusable'],
  ])('without %s, absent, null or empty', async (claim, code) => {
    expect(await answer({ claims: { [claim]: undefined } })).toEqual(toldAs(code))
    for (const nothing of [null, '']) {
      const outcome = await answer({ claims: { [claim]: nothing } })
      expect(outcome).toMatchObject({ kind: 'refused', hint: expect.stringContaining(claim) as string })
    }
  })

  test.each([
    ['user_name', 'token_claim_missing'],
    ['account_name', 'account_name_unusable'],
  ])('without %s', async (claim, code) => {
    expect(await answer({ claims: { [claim]: undefined } })).toEqual(toldAs(code))
  })

  test('without role, where only some roles may connect', async () => {
    const { method } = openHandoff({ HANDOFF_SECRET: crmSecret, HANDOFF_ALLOWED_ROLES: 'admin' })
    const token = await handoffToken({ request, claims: { role: undefined } })
    expect(
      await method.complete({ params: new URLSearchParams({ token }), remembered: request }),
    ).toMatchObject({
      ...{ kind: 'refused', reason: 'not_allowed', code: 'role_missing' },
      hint: expect.stringContaining('role') as string,
    })
  })

  test('signed with another secret', async () => {
    const key = new TextEncoder().encode('another-secret-of-thirty-two-bytes')
    expect(await answer({ key })).toEqual(refusedBy('token_signature'))
  })

  test('that is not signed', async () => {
    const token = new UnsecuredJWT({ nonce: request }).encode()
    expect(await answerWith(token)).toMatchObject({ kind: 'refused' })
  })

  test('that says it is signed by no algorithm, whatever comes after', async () => {
    const [, payload = '', signature = ''] = (await handoffToken({ request })).split('.')
    const header = Buffer.from('{"alg":"none"}').toString('base64url')
    const token = `${header}.${payload}.${signature}`
    expect(await answerWith(token)).toEqual(refusedBy('token_alg'))
  })

  test('of an algorithm of another strength', async () => {
    const key = new TextEncoder().encode(crmSecret.repeat(2))
    expect(await answer({ header: { alg: 'HS512' }, key })).toEqual(refusedBy('token_alg'))
  })

  test('signed with a private key, when there is a secret', async () => {
    const { privateKey: key } = await signingKey('ES256')
    expect(await answer({ header: { alg: 'ES256' }, key })).toEqual(refusedBy('token_alg'))
  })

  test.each(['jwk', 'jku', 'x5u', 'x5c'])('that brings its key along as %s', async (name) => {
    expect(await answer({ header: { [name]: 'https://evil.example' } })).toEqual(
      refusedBy('token_names_its_key'),
    )
  })

  test('of more than 8 KiB', async () => {
    expect(await answer({ claims: { more: 'x'.repeat(9000) } })).toEqual(refusedBy('token_missing'))
  })

  test('that is not there', async () => {
    const params = new URLSearchParams()
    expect(await opened.method.complete({ params, remembered: request })).toEqual(refusedBy('token_missing'))
  })

  test('with any one character changed', async () => {
    const token = await handoffToken({ request })
    const changed = fc.asyncProperty(fc.nat(token.length - 1), async (at) => {
      const other = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
      // The last character of a part has bits that count for nothing (RFC 4648, 3.5): the same token in other letters.
      fc.pre(!sameBytes(other, token))
      const outcome = await answerWith(other)
      expect(outcome.kind).toBe('refused')
    })
    await fc.assert(changed, { numRuns: 100 })
  })
})

const sameBytes = (one: string, other: string) => {
  const bytes = (token: string) =>
    token.split('.').map((part) => Buffer.from(part, 'base64url').toString('hex'))
  return bytes(one).join('.') === bytes(other).join('.')
}

describe('a token is accepted', () => {
  test('when the clocks differ by less than half a minute', async () => {
    expect(await answer({ claims: { iat: now() + 20, exp: now() + 80 } })).toMatchObject({
      kind: 'identified',
    })
  })

  test('that lives two minutes', async () => {
    const at = now()
    expect(await answer({ claims: { iat: at, exp: at + 120 } })).toMatchObject({ kind: 'identified' })
  })

  test('for several services, ours among them', async () => {
    const aud = ['https://other.example', 'https://connector.example']
    expect(await answer({ claims: { aud } })).toMatchObject({ kind: 'identified' })
  })

  test.each([' ', '', null, '\u200b', 7])('with the user’s own name for themselves, %j', async (name) => {
    expect(await answer({ claims: { user_name: name } })).toMatchObject({
      ...{ kind: 'identified', identity: { userId: 'user-1' } },
    })
  })

  test.each([' ', '', null])('with ids in place of names that say nothing, %j', async (nothing) => {
    expect(await answer({ claims: { user_name: nothing, account_name: nothing } })).toMatchObject({
      identity: { userName: 'user-1', crmAccountName: 'acme' },
    })
  })

  test('with a number as account id', async () => {
    const outcome = await answer({ claims: { account_id: 4711 } })
    expect(outcome).toMatchObject({ identity: { crmAccountId: '4711' } })
  })
})

describe('the use of a token', () => {
  test('is not spent by a token that fails another check', async () => {
    await answer({ claims: { jti: 'one', role: 'user', account_id: '' } })
    expect([...opened.deps.claimed.keys()]).toEqual([])
  })

  test('is remembered for as long as the token could be accepted', async () => {
    const at = now()
    await answer({ claims: { jti: 'one', iat: at, exp: at + 60 } })
    const until = opened.deps.claimed.get('handoff:one')?.getTime() ?? 0
    expect(until).toBeGreaterThan((at + 60 + 30) * 1000)
  })

  test('counts over two requests', async () => {
    expect(await answer({ claims: { jti: 'one' } })).toMatchObject({ kind: 'identified' })
    expect(await answer({ claims: { jti: 'one' } })).toEqual(refusedBy('token_used_before'))
  })

  test('fails loudly when the store cannot say', async () => {
    await opened.method.close()
    const claimOnce = () => Promise.reject(new Error('store down'))
    opened = openHandoff({ HANDOFF_SECRET: crmSecret }, { ...opened.deps, claimOnce })
    await expect(answer({ key: secretBytes })).rejects.toThrow('store down')
  })
})
