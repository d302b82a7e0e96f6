import { describe, expect, test } from 'vitest'
import type { Script } from '../../support/oidc-issuer/script.ts'
import { useScriptedLogin } from './scripted-login.ts'

const login = useScriptedLogin()

const now = () => Math.floor(Date.now() / 1000)

async function hintOf(script: Partial<Script>): Promise<string> {
  const outcome = await login.logIn(script)
  return outcome.kind === 'refused' ? (outcome.hint ?? '') : outcome.kind
}

describe('the operator is told what was found, and what was expected', () => {
  test.each<[string, () => Partial<Script>, string | RegExp]>([
    [
      'of an issuer',
      () => ({ claims: { iss: 'https://id.crm.example/realms/x' } }),
      /^The ID token says iss https:\/\/id\.crm\.example\/realms\/x, the issuer is http:\/\/127\.0\.0\.1:\d+\.$/,
    ],
    [
      'of an audience',
      () => ({ claims: { aud: ['account', 'portal'] } }),
      'The ID token says aud account, portal, OIDC_CLIENT_ID is connector: it alone, or with an azp that names it.',
    ],
    [
      'of an authorized party',
      () => ({ claims: { azp: 'portal' } }),
      'The ID token says azp portal, OIDC_CLIENT_ID is connector.',
    ],
    [
      'of an algorithm',
      () => ({ discovery: { id_token_signing_alg_values_supported: ['ES256', 'ES384'] } }),
      'The ID token is signed with RS256; ES256, ES384 is wanted. Change it for the client.',
    ],
    [
      'of an algorithm whose key is shared',
      () => ({ signer: 'client_secret' }),
      /^The ID token is signed with HS256; RS256, .* is wanted\. Change it for the client\.$/,
    ],
    [
      'of a key',
      () => ({ header: { kid: 'gone' } }),
      'The keys of the issuer have none for the key id gone. The ID token names it.',
    ],
    [
      'of an age',
      () => ({ claims: { iat: now() - 3600 } }),
      /^The ID token was made 360[0-9] seconds ago\. Compare the clocks of both machines\.$/,
    ],
    [
      'of a time to come',
      () => ({ claims: { iat: now() + 3600 } }),
      /^The ID token was made 3(600|59[0-9]) seconds in the future\. Compare the clocks of both machines\.$/,
    ],
    [
      'of an expiry',
      () => ({ claims: { exp: now() - 90 } }),
      /^The ID token expired 9[0-9] seconds ago\. Compare the clocks of both machines\.$/,
    ],
    [
      'of a claim that is a number as a text',
      () => ({ claims: { exp: '7' } }),
      /exp with a value that it cannot have\.$/,
    ],
    [
      'of the issuer that the browser names',
      () => ({ answer: { iss: 'https://other.example' } }),
      /^The answer says iss https:\/\/other\.example, the issuer is http:\/\/127\.0\.0\.1:\d+\.$/,
    ],
    [
      'of the type of a token',
      () => ({ tokens: { token_type: 'mac' } }),
      'The token endpoint gives a token of type mac, and Bearer is wanted.',
    ],
  ])('%s', async (_, script, hint) => {
    expect(await hintOf(script())).toMatch(hint)
  })

  test('of the document, when its issuer has a slash too many', async () => {
    login.issuer.script.discovery = { issuer: `${login.issuer.url}/realm/` }
    await login.reopen()
    expect(await login.logIn()).toMatchObject({
      ...{ kind: 'refused', code: 'issuer_mismatch' },
      hint: `The document says issuer ${login.issuer.url}/realm/, OIDC_ISSUER is ${login.issuer.url}/.`,
    })
  })

  test('of an endpoint that is not https', async () => {
    login.issuer.script.discovery = { userinfo_endpoint: 'http://id.crm.example/me' }
    await login.reopen()
    expect(await login.logIn()).toMatchObject({
      ...{ kind: 'refused', code: 'issuer_endpoint_unusable' },
      hint: 'The document of the issuer has http://id.crm.example/me as its userinfo_endpoint, which is no https address.',
    })
  })
})

describe('what is found', () => {
  test('is cut and made printable', async () => {
    const hint = await hintOf({ claims: { iss: `\u001b[31m\u202e${'x'.repeat(5000)}` } })
    expect(hint).toMatch(/^[\x20-\x7e…]+$/)
    expect(hint.length).toBeLessThan(300)
  })

  test('may be of any shape', async () => {
    expect(await hintOf({ claims: { aud: [{ a: 1 }, 7, null] } })).toContain('aud {"a":1}, 7, null, ')
    expect(await hintOf({ claims: { azp: { toString: 'x' } } })).toContain('azp {"toString":"x"}, ')
  })

  test.each<[string, Partial<Script>]>([
    ['a nonce', { claims: { nonce: 'canary' } }],
    ['a user', { claims: { sub: 7, name: 'canary' } }],
    ['a user of userinfo', { claims: { account_id: null }, userinfo: { sub: 'canary' } }],
    ['an account', { claims: { account_id: ' canary' } }],
    ['a role', { claims: { role: 'canary' } }],
    ['a state', { answer: { state: 'canary' } }],
    ['a code', { answer: { code: 'canary' } }],
    ['an error of the browser', { answer: { error: 'canary', error_description: 'canary' } }],
    ['an access token', { tokens: { access_token: 'canary', token_type: 'mac' } }],
    ['an ID token', { tokens: { id_token: 'canary' } }],
  ])('is not told when it is %s', async (_, script) => {
    await login.reopen({ OIDC_ALLOWED_ROLES: 'owner' })
    const outcome = await login.logIn(script)
    expect(outcome.kind).toBe('refused')
    expect(JSON.stringify(outcome)).not.toContain('canary')
  })
})

test('an ID token that is none is said to be none', async () => {
  const rows: [string, string][] = [
    ['canary', 'id_token_malformed'],
    ['a.b.c', 'id_token_malformed'],
    ['e30.e30.e30', 'id_token_malformed'],
    ['a.b.c.d.e', 'id_token_encrypted'],
    ['bnVsbA.e30.e30', 'id_token_malformed'],
  ]
  for (const [token, code] of rows) {
    expect(await login.logIn({ tokens: { id_token: token } })).toMatchObject({ kind: 'refused', code })
  }
})

test('a key that cannot be used is said to be so', async () => {
  const jwks: Script['jwks'] = ([key]) => [{ ...key, n: 'AQAB' }]
  expect(await login.logIn({ jwks })).toMatchObject({ kind: 'refused', code: 'id_token_key_unusable' })
})

test.each(['<html>', '{}', '{"keys":null}', '[]', 'null'])(
  'keys that are %s are told as such',
  async (body) => {
    expect(await login.logIn({ endpoints: { '/jwks': { status: 200, body } } })).toMatchObject({
      ...{ kind: 'unavailable', code: 'key_set_unusable' },
    })
  },
)
