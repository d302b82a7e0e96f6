import { describe, expect, test } from 'vitest'
import type { Script } from '../../support/oidc-issuer/script.ts'
import { misconfiguredBy, refusedBy, useScriptedLogin } from './scripted-login.ts'

const login = useScriptedLogin()
const settings = { OIDC_SCOPE: 'openid profile crm' }
const noAccount = { claims: { account_id: undefined }, userinfo: { account_id: undefined } }

describe('anybody can ask for less in the address of the provider, which raises no alarm', () => {
  test.each<[string, Partial<Script>]>([
    ['for no claims of the CRM', { ...noAccount, tokens: { scope: 'openid' } }],
    ['for no claims of the CRM, told as a list', { ...noAccount, tokens: { scope: ['openid'] } }],
    [
      'for no name of the account',
      {
        ...{ claims: { account_name: undefined }, userinfo: { account_name: undefined } },
        tokens: { scope: 'openid profile' },
      },
    ],
    ['for no OpenID Connect at all', { tokens: { scope: 'profile crm', id_token: undefined } }],
    ['for nothing that brings an access token', { tokens: { scope: 'openid', access_token: undefined } }],
    [
      'for no userinfo',
      {
        ...{ claims: { account_id: undefined }, tokens: { scope: 'openid' } },
        endpoints: { '/userinfo': { status: 403 } },
      },
    ],
  ])('%s', async (_, script) => {
    await login.reopen(settings)
    expect(await login.logIn(script)).toEqual(refusedBy('scope_narrowed'))
  })

  test('and the log says what was given, and what was asked for', async () => {
    await login.reopen(settings)
    expect(await login.logIn({ ...noAccount, tokens: { scope: 'openid' } })).toMatchObject({
      hint: expect.stringContaining('the scope openid, OIDC_SCOPE is openid profile crm.') as string,
    })
  })
})

describe('an account that is not told is the vendor’s mistake', () => {
  test.each<[string, unknown]>([
    ['when the answer says no scope, which is then that of the request', undefined],
    ['when the answer has all of the scope, in another order', 'crm profile openid'],
    ['when the answer has more', 'openid profile crm email'],
    ['when the answer lacks nothing but openid, and there is an ID token', 'profile crm'],
  ])('%s', async (_, scope) => {
    await login.reopen(settings)
    expect(await login.logIn({ ...noAccount, tokens: { scope } })).toEqual(
      misconfiguredBy('account_id_unusable'),
    )
  })
})

test('a narrower scope that brings all that is needed ends no login', async () => {
  await login.reopen(settings)
  expect(await login.logIn({ tokens: { scope: 'openid' } })).toMatchObject({ kind: 'identified' })
})

test('what no scope can cause is the vendor’s mistake, whatever the scope', async () => {
  await login.reopen(settings)
  expect(await login.logIn({ signer: 'client_secret', tokens: { scope: 'openid' } })).toEqual(
    misconfiguredBy('id_token_alg'),
  )
})
