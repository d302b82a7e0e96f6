import { describe, expect, test } from 'vitest'
import type { Script } from '../../support/oidc-issuer/script.ts'
import { misconfiguredBy, refusedBy, useScriptedLogin } from './scripted-login.ts'

const login = useScriptedLogin()
const identified = { kind: 'identified', identity: { userId: 'user-1', crmAccountId: 'acme' } }
const json = (body: unknown, status = 200, headers: Record<string, string> = {}) => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

describe('what an answer leaves open in any way stops no login', () => {
  const nothings = [undefined, null, '']

  test.each(['scope', 'refresh_token', 'expires_in', 'token_type', 'error', 'session_state'])(
    '%s of the token answer',
    async (member) => {
      for (const nothing of nothings) {
        expect(await login.logIn({ tokens: { [member]: nothing } })).toMatchObject(identified)
      }
    },
  )

  test.each([
    ...['authorization_response_iss_parameter_supported', 'token_endpoint_auth_methods_supported'],
    ...['userinfo_endpoint', 'userinfo_signing_alg_values_supported', 'scopes_supported'],
    ...['id_token_signing_alg_values_supported', 'mtls_endpoint_aliases'],
  ])('%s of the document', async (member) => {
    for (const nothing of [...nothings, []]) {
      await login.reopen()
      const script = { discovery: { [member]: nothing }, answer: { iss: undefined } }
      const needsIss = member !== 'authorization_response_iss_parameter_supported'
      expect(await login.logIn(needsIss ? { ...script, answer: {} } : script)).toMatchObject(identified)
    }
  })

  test.each(['alg', 'use', 'key_ops', 'x5c', 'x5u'])('%s of a key', async (member) => {
    const jwks: Script['jwks'] = (keys) => keys.map((key) => ({ ...key, [member]: null }))
    expect(await login.logIn({ jwks })).toMatchObject(identified)
  })

  test.each(['iss', 'error', 'id_token', 'response'])(
    '%s of the browser’s answer, left empty',
    async (name) => {
      const discovery = { authorization_response_iss_parameter_supported: false }
      expect(await login.logIn({ discovery, answer: { [name]: '' } })).toMatchObject(identified)
    },
  )

  test.each(['at_hash', 'azp', 'nbf', 'auth_time', 'name', 'jti'])('%s of the ID token', async (claim) => {
    for (const nothing of [...nothings, []]) {
      expect(await login.logIn({ claims: { [claim]: nothing } })).toMatchObject(identified)
    }
  })
})

describe('what nobody reads cannot be wrong', () => {
  test.each<[string, unknown]>([
    ['scope', ['openid', 'profile']],
    ['expires_in', 'soon'],
    ['expires_in', -1],
    ['refresh_token', 7],
  ])('%s %j', async (member, odd) => {
    expect(await login.logIn({ tokens: { [member]: odd } })).toMatchObject(identified)
  })
})

describe('what an answer lacks is named', () => {
  const nothings = [undefined, null, '']

  test.each([
    ['access_token', 'access_token_missing'],
    ['id_token', 'id_token_missing'],
  ])('%s', async (member, code) => {
    for (const nothing of nothings) {
      expect(await login.logIn({ tokens: { [member]: nothing } })).toEqual(misconfiguredBy(code))
    }
  })

  test.each(['iss', 'aud', 'sub', 'iat', 'exp'])('%s of the ID token', async (claim) => {
    for (const nothing of [undefined, null]) {
      expect(await login.logIn({ claims: { [claim]: nothing } })).toMatchObject({
        ...{ code: 'id_token_claim_missing', hint: `The ID token has no ${claim}.` },
      })
    }
  })
})

describe('an error of the token endpoint is read', () => {
  const basic = { 'www-authenticate': 'Basic realm="token"' }
  test.each<[string, Script['endpoints'][string], string]>([
    ['in the shape of the standard', json({ error: 'invalid_client' }, 401, basic), 'invalid_client'],
    ['without the challenge', json({ error: 'invalid_client' }, 400), 'invalid_client'],
    ['with the status of a good answer', json({ error: 'invalid_client' }), 'invalid_client'],
    [
      'with another type in its header',
      json({ error: 'invalid_client' }, 400, { 'content-type': 'text/html' }),
      'invalid_client',
    ],
    [
      'with a description that is null',
      json({ error: 'unauthorized_client', error_description: null }, 403),
      'unauthorized_client',
    ],
    ['about the scope', json({ error: 'invalid_scope' }, 400), 'invalid_scope'],
  ])('%s', async (_, answer, code) => {
    expect(await login.logIn({ endpoints: { '/token': answer } })).toEqual(misconfiguredBy(code))
  })

  test.each<[string, Script['endpoints'][string], string]>([
    ['about the code', json({ error: 'invalid_grant' }, 400), 'invalid_grant'],
    ['with nothing but the status of a client', { status: 401, headers: basic }, 'token_endpoint_status'],
    ['in words of its own', json({ error: 'Secret*Word' }, 400), 'token_endpoint_error'],
    ['that is empty', json({ error: '' }, 400), 'token_endpoint_status'],
    ['that is a page', { status: 403, body: '<html>' }, 'token_endpoint_status'],
    ['that is a page of a good status', { status: 200, body: '<html>' }, 'token_endpoint_unreadable'],
  ])('%s, which a stranger’s code can bring about', async (_, answer, code) => {
    expect(await login.logIn({ endpoints: { '/token': answer } })).toEqual(refusedBy(code))
  })
})

describe('userinfo', () => {
  const fromUserinfo = { claims: { account_id: undefined } }

  test('that is signed is read', async () => {
    const outcome = await login.logIn({
      ...{ ...fromUserinfo, userinfoAs: 'signed' },
      userinfo: { account_id: 'signed-acme' },
    })
    expect(outcome).toMatchObject({ identity: { crmAccountId: 'signed-acme' } })
  })

  test('may have a claim by the name of the ID token', async () => {
    const userinfo = { account_id: 'acme', id_token: 'x' }
    expect(await login.logIn({ ...fromUserinfo, userinfo })).toMatchObject(identified)
  })

  test.each<[string, Partial<Script>, string]>([
    ['signed with another key', { userinfoAs: 'signed by a stranger' }, 'userinfo_signature'],
    ['that is encrypted', { userinfoAs: 'encrypted' }, 'userinfo_encrypted'],
    [
      'signed by an algorithm that the document does not announce',
      { userinfoAs: 'signed', discovery: { userinfo_signing_alg_values_supported: ['ES256'] } },
      'userinfo_alg',
    ],
    ['of another issuer', { userinfoAs: 'signed', userinfo: { iss: 'https://x.example' } }, 'userinfo_iss'],
    ['for another client', { userinfoAs: 'signed', userinfo: { aud: 'other' } }, 'userinfo_aud'],
    ['that has expired', { userinfoAs: 'signed', userinfo: { exp: 1 } }, 'userinfo_expired'],
    ['about nobody', { userinfo: { sub: null } }, 'userinfo_claim_missing'],
    [
      'about somebody else, signed',
      { userinfoAs: 'signed', userinfo: { sub: 'x' } },
      'userinfo_of_other_user',
    ],
    [
      'that is a page',
      { endpoints: { '/userinfo': { status: 200, body: '<html>' } } },
      'userinfo_unreadable',
    ],
    ['that is not there', { endpoints: { '/userinfo': { status: 404 } } }, 'userinfo_status'],
    [
      'that does not take the token',
      { endpoints: { '/userinfo': { status: 401, headers: { 'www-authenticate': 'Bearer' } } } },
      'userinfo_refused',
    ],
    [
      'that is an error',
      { endpoints: { '/userinfo': json({ error: 'invalid_token' }) } },
      'userinfo_refused',
    ],
  ])('%s is refused', async (_, script, code) => {
    await login.reopen()
    expect(await login.logIn({ ...fromUserinfo, ...script })).toEqual(misconfiguredBy(code))
  })
})
