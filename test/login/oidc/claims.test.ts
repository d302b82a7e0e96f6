import { describe, expect, test } from 'vitest'
import { goodUser } from '../../support/oidc-issuer/start-issuer.ts'
import { misconfiguredBy, useScriptedLogin } from './scripted-login.ts'

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
    expect(outcome).toEqual(misconfiguredBy('userinfo_of_other_user'))
  })

  test('are not asked of userinfo when the ID token has them all', async () => {
    await login.logIn()
    expect(login.issuer.asked).not.toContain('/userinfo')
  })

  test('that are nowhere are named in the code', async () => {
    const userinfo = { account_id: undefined }
    expect(await login.logIn({ claims: fromUserinfo, userinfo })).toEqual(
      misconfiguredBy('account_id_unusable'),
    )
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

describe('claims that say nothing', () => {
  const nothings: [string, unknown][] = [
    ['are absent', undefined],
    ['are null', null],
    ['are empty', ''],
    ['are blank', ' '],
    ['are an empty list', []],
  ]
  test.each(nothings)('in the ID token hide none of userinfo when they %s', async (_, nothing) => {
    await login.reopen({ OIDC_ALLOWED_ROLES: 'owner' })
    const claims = { account_id: nothing, account_name: nothing, role: nothing, name: nothing }
    const userinfo = { account_id: 't-1', account_name: 'Nordwind', role: ['owner'], name: 'Jonas' }
    expect(await login.logIn({ claims, userinfo })).toMatchObject({
      identity: { crmAccountId: 't-1', crmAccountName: 'Nordwind', role: 'owner', userName: 'Jonas' },
    })
  })

  test.each(nothings)('anywhere are told by their name when they %s', async (_, nothing) => {
    await login.reopen({ OIDC_ACCOUNT_ID_CLAIM: 'org.id' })
    const org = { id: nothing }
    expect(await login.logIn({ claims: { org }, userinfo: { org } })).toMatchObject({
      ...{ reason: 'login_misconfigured', code: 'account_id_unusable' },
      hint: 'The claim org.id, which identifies the CRM account, cannot be used: it is not there.',
    })
  })
})

describe('claims by path', () => {
  const paths = { OIDC_ACCOUNT_ID_CLAIM: 'org.id', OIDC_ACCOUNT_NAME_CLAIM: 'org.name' }

  test('are read from the ID token', async () => {
    await login.reopen({ ...paths, OIDC_ROLE_CLAIM: 'realm_access.roles', OIDC_ALLOWED_ROLES: 'owner' })
    const claims = { org: { id: 7, name: 'Nordwind' }, realm_access: { roles: ['staff', 'owner'] } }
    expect(await login.logIn({ claims })).toMatchObject({
      identity: { crmAccountId: '7', crmAccountName: 'Nordwind', role: 'owner' },
    })
    expect(login.issuer.asked).not.toContain('/userinfo')
  })

  test('are put together from both, when each has a part', async () => {
    await login.reopen(paths)
    const script = { claims: { org: { id: 'from-token' } }, userinfo: { org: { id: 'x', name: 'Nordwind' } } }
    expect(await login.logIn(script)).toMatchObject({
      identity: { crmAccountId: 'from-token', crmAccountName: 'Nordwind' },
    })
  })
})
