import { describe, expect, test } from 'vitest'
import { goodUser } from '../../support/oidc-issuer/start-issuer.ts'
import { refusedBy, useScriptedLogin } from './scripted-login.ts'

const login = useScriptedLogin()

describe('claims', () => {
  const fromUserinfo = { account_id: undefined, account_name: undefined, role: undefined, name: undefined }

  test('that the ID token does not have come from userinfo', async () => {
    const userinfo = { account_id: 4711, account_name: 'Nordwind', role: ['user', 'owner'], name: 'Jonas' }
    expect(await login.logIn({ claims: fromUserinfo, userinfo })).toEqual({
      kind: 'identified',
      identity: {
        userId: 'user-1',
        userName: 'Jonas',
        crmAccountId: '4711',
        crmAccountName: 'Nordwind',
        role: 'user',
      },
    })
  })

  test('of the ID token count more than those of userinfo', async () => {
    const outcome = await login.logIn({ claims: { role: undefined }, userinfo: { account_id: 'other' } })
    expect(outcome).toMatchObject({ identity: { crmAccountId: 'acme', role: 'admin' } })
  })

  test('of userinfo about somebody else are refused', async () => {
    const outcome = await login.logIn({ claims: fromUserinfo, userinfo: { sub: 'user-2' } })
    expect(outcome).toEqual(refusedBy('oauth_json_attribute_comparison_failed'))
  })

  test('are not asked of userinfo when the ID token has them all', async () => {
    await login.logIn()
    expect(login.issuer.asked).not.toContain('/userinfo')
  })

  test('that are nowhere are named in the code', async () => {
    const userinfo = { account_id: undefined }
    expect(await login.logIn({ claims: fromUserinfo, userinfo })).toEqual(refusedBy('account_id_unusable'))
  })

  test('are read under the names that the settings give', async () => {
    const names = { OIDC_ACCOUNT_ID_CLAIM: 'https://crm.example/tenant', OIDC_ACCOUNT_NAME_CLAIM: 'org' }
    await login.reopen({ ...names, OIDC_ROLE_CLAIM: 'groups', OIDC_ALLOWED_ROLES: 'owner' })
    const claims = { 'https://crm.example/tenant': 't-1', org: 'Org', groups: ['staff', 'owner'] }
    expect(await login.logIn({ claims })).toMatchObject({
      identity: { crmAccountId: 't-1', crmAccountName: 'Org', role: 'owner' },
    })
  })

  test('that are good are taken as they are', async () => {
    const outcome = await login.logIn({ claims: { account_id: 'a b/ü' } })
    expect(outcome).toMatchObject({ identity: { crmAccountId: 'a b/ü', userId: goodUser.sub } })
  })
})
