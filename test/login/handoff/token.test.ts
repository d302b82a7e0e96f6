import fc from 'fast-check'
import { UnsecuredJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { signingKey } from '../../support/oidc-issuer/signing-key.ts'
import { crmIssuer, crmSecret, handoffToken } from './crm.ts'
import { useHandedOver } from './handed-over.ts'
import { openHandoff } from './open-handoff.ts'

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

const login = useHandedOver()

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
  expect(await login.answer({ claims: { role: undefined } })).toMatchObject({
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
    expect(await login.answer({ claims: claimsAt(now()) })).toEqual(toldAs(code))
  })

  const claims: [string, Record<string, unknown>, string][] = [
    ['of another issuer', { iss: 'https://other.example' }, 'token_iss'],
    ['of a list of issuers', { iss: [crmIssuer] }, 'token_iss'],
    ['for another service', { aud: 'https://other.example' }, 'token_aud'],
    ['for a page instead of the service', { aud: 'https://connector.example/page' }, 'token_aud'],
    ['for a service with a similar name', { aud: 'https://connector.example.org/' }, 'token_aud'],
    ['for another port', { aud: 'https://connector.example:8443' }, 'token_aud'],
    ['for the service without TLS', { aud: 'http://connector.example' }, 'token_aud'],
    ['for another request', { nonce: `${'A'.repeat(22)}.${'B'.repeat(43)}` }, 'token_for_other_request'],
    ['whose nonce is no text', { nonce: 1 }, 'token_for_other_request'],
    ['whose id is empty', { jti: '' }, 'token_id_unusable'],
    ['whose id is endless', { jti: 'x'.repeat(201) }, 'token_id_unusable'],
    ['whose account id is empty', { account_id: '' }, 'account_id_unusable'],
    ['whose account id is endless', { account_id: 'x'.repeat(201) }, 'account_id_unusable'],
    ['whose account id hides a character', { account_id: 'ac\u200bme' }, 'account_id_unusable'],
    ['whose account id ends with a filler', { account_id: 'acme\u3164' }, 'account_id_unusable'],
    ['whose account id leads out of an address', { account_id: '..' }, 'account_id_unusable'],
    ['whose account id breaks a line', { account_id: 'acme\nx' }, 'account_id_unusable'],
    ['whose account id is a list', { account_id: ['acme'] }, 'account_id_unusable'],
    ['whose account has a number for a name', { account_name: 7 }, 'account_name_unusable'],
    ['whose user is no text', { sub: {} }, 'user_id_unusable'],
  ]
  test.each(claims)('%s', async (_, overrides, code) => {
    expect(await login.answer({ claims: overrides })).toEqual(toldAs(code))
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
    expect(await login.answer({ claims: { [claim]: undefined } })).toEqual(toldAs(code))
    for (const nothing of [null, '']) {
      const outcome = await login.answer({ claims: { [claim]: nothing } })
      expect(outcome).toMatchObject({ kind: 'refused', hint: expect.stringContaining(claim) as string })
    }
  })

  test('without user_name', async () => {
    expect(await login.answer({ claims: { user_name: undefined } })).toEqual(toldAs('token_claim_missing'))
  })

  test('without role, where only some roles may connect', async () => {
    const { method } = openHandoff({ HANDOFF_SECRET: crmSecret, HANDOFF_ALLOWED_ROLES: 'admin' })
    const token = await handoffToken({ request: login.request, claims: { role: undefined } })
    expect(
      await method.complete({
        params: new URLSearchParams({ token }),
        headers: new Headers(),
        remembered: login.request,
      }),
    ).toMatchObject({
      ...{ kind: 'refused', reason: 'not_allowed', code: 'role_missing' },
      hint: expect.stringContaining('role') as string,
    })
  })

  test('signed with another secret', async () => {
    const key = new TextEncoder().encode('another-secret-of-thirty-two-bytes')
    expect(await login.answer({ key })).toEqual(refusedBy('token_signature'))
  })

  test('that is not signed', async () => {
    const token = new UnsecuredJWT({ nonce: login.request }).encode()
    expect(await login.answerWith(token)).toMatchObject({ kind: 'refused' })
  })

  test('that says it is signed by no algorithm, whatever comes after', async () => {
    const [, payload = '', signature = ''] = (await handoffToken({ request: login.request })).split('.')
    const header = Buffer.from('{"alg":"none"}').toString('base64url')
    const token = `${header}.${payload}.${signature}`
    expect(await login.answerWith(token)).toEqual(refusedBy('token_alg'))
  })

  test('of an algorithm of another strength', async () => {
    const key = new TextEncoder().encode(crmSecret.repeat(2))
    expect(await login.answer({ header: { alg: 'HS512' }, key })).toEqual(refusedBy('token_alg'))
  })

  test('signed with a private key, when there is a secret', async () => {
    const { privateKey: key } = await signingKey('ES256')
    expect(await login.answer({ header: { alg: 'ES256' }, key })).toEqual(refusedBy('token_alg'))
  })

  test.each(['jwk', 'jku', 'x5u', 'x5c'])('that brings its key along as %s', async (name) => {
    expect(await login.answer({ header: { [name]: 'https://evil.example' } })).toEqual(
      refusedBy('token_names_its_key'),
    )
  })

  test('of more than 8 KiB', async () => {
    expect(await login.answer({ claims: { more: 'x'.repeat(9000) } })).toEqual(refusedBy('token_missing'))
  })

  test('that is not there', async () => {
    const params = new URLSearchParams()
    expect(
      await login.opened.method.complete({ params, headers: new Headers(), remembered: login.request }),
    ).toEqual(refusedBy('token_missing'))
  })

  test('with any one character changed', async () => {
    const token = await handoffToken({ request: login.request })
    const changed = fc.asyncProperty(fc.nat(token.length - 1), async (at) => {
      const other = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
      // The last character of a part has bits that count for nothing (RFC 4648, 3.5): the same token in other letters.
      fc.pre(!sameBytes(other, token))
      const outcome = await login.answerWith(other)
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
