import { describe, expect, test } from 'vitest'
import type { Script } from '../../support/oidc-issuer/script.ts'
import { misconfiguredBy, useScriptedLogin } from './scripted-login.ts'

const OURS = '72f988bf-86f1-41af-91ab-2d7cd011db47'
const STRANGERS = 'aaaabbbb-0000-cccc-1111-dddd2222eeee'
const PRIVATE = '9188040d-6c67-4cb5-b112-36a304b66dad'

const login = useScriptedLogin()

/** As with Entra ID: one document for many tenants, whose tokens name their own. */
async function begin(texts: Record<string, string>, document: Record<string, unknown> = {}) {
  const { url, script } = login.issuer
  const own = await fetch(`${url}/.well-known/openid-configuration`)
  const said = { ...((await own.json()) as object), issuer: `${url}/{tenantid}/v2.0`, ...document }
  script.endpoints = {
    '/organizations/v2.0/.well-known/openid-configuration': { status: 200, body: JSON.stringify(said) },
  }
  await login.reopen({ OIDC_ISSUER: `${url}/organizations/v2.0`, ...texts })
}

/** A user of this tenant logs in. */
function logInOf(
  tid: string | undefined,
  claims: Record<string, unknown> = {},
  script: Partial<Script> = {},
) {
  const iss = `${login.issuer.url}/${tid}/v2.0`
  return login.logIn({ claims: { iss, tid, ...claims }, answer: { iss }, ...script })
}

const refused = { kind: 'refused', reason: 'not_allowed', code: 'tenant_not_allowed' }

describe('an issuer for every tenant', () => {
  test('is not used as long as a stranger could name a customer, and the operator sees why', async () => {
    await begin({})
    const failure = 'issuer_for_every_tenant'
    expect(await login.begin()).toEqual({
      ...misconfiguredBy(failure),
      cause: expect.anything() as unknown,
    })
    const sentence = expect.stringMatching(/\{tenantid\}.*OIDC_ALLOWED_TENANTS/) as string
    expect(login.opened.method.health()).toEqual({ ok: false, detail: sentence })
    expect(await login.opened.method.check()).toMatchObject([{ status: 'failure', says: sentence }])
  })

  test('that stands in the document of another is not taken', async () => {
    await begin({ OIDC_ALLOWED_TENANTS: OURS }, { issuer: 'https://sts.example/{tenantid}/' })
    expect(await login.begin()).toMatchObject(misconfiguredBy('issuer_mismatch'))
  })
})

describe('with the tenants of the settings', () => {
  test('a user of one of them logs in, and the account is what their claim says', async () => {
    await begin({ OIDC_ALLOWED_TENANTS: `${STRANGERS.toUpperCase()},${OURS}` })
    for (const tid of [OURS, STRANGERS]) {
      expect(await logInOf(tid)).toMatchObject({ identity: { crmAccountId: 'acme' } })
    }
  })

  test('a user of another cannot name a customer', async () => {
    await begin({ OIDC_ALLOWED_TENANTS: OURS })
    expect(await logInOf(STRANGERS)).toMatchObject(refused)
  })

  test.each<[string, string | undefined, Record<string, unknown>, string]>([
    ['the issuer of another tenant', STRANGERS, { tid: OURS }, 'id_token_iss'],
    ['the issuer with the place left open', '{tenantid}', { tid: OURS }, 'id_token_iss'],
    ['a tenant that is none', 'organizations', {}, 'id_token_claim_malformed'],
    ['no tenant', undefined, {}, 'id_token_claim_missing'],
  ])('a token with %s is refused', async (_, tid, claims, code) => {
    await begin({ OIDC_ALLOWED_TENANTS: OURS })
    const answer = { iss: `${login.issuer.url}/${OURS}/v2.0` }
    expect(await logInOf(tid, claims, { answer })).toEqual(misconfiguredBy(code))
  })

  test('an answer that names another issuer is refused', async () => {
    await begin({ OIDC_ALLOWED_TENANTS: OURS })
    const answer = { iss: `${login.issuer.url}/organizations/v2.0` }
    expect(await logInOf(OURS, {}, { answer })).toMatchObject({ kind: 'refused', code: 'answer_issuer' })
  })

  test('an issuer of one tenant is held to them, too', async () => {
    await login.reopen({ OIDC_ALLOWED_TENANTS: OURS })
    expect(await login.logIn({ claims: { tid: OURS } })).toMatchObject({ kind: 'identified' })
    expect(await login.logIn({ claims: { tid: STRANGERS } })).toMatchObject(refused)
    expect(await login.logIn({ claims: { tid: undefined } })).toEqual(
      misconfiguredBy('id_token_claim_missing'),
    )
  })
})

describe('with the account taken from the tenant', () => {
  const texts = { OIDC_ACCOUNT_ID_CLAIM: 'tid' }

  test('a user of any tenant acts for that tenant, whatever else the token says', async () => {
    await begin(texts)
    expect(
      await logInOf(STRANGERS, { account_name: undefined }, { userinfo: { tid: OURS, account_name: '' } }),
    ).toMatchObject({
      identity: { crmAccountId: STRANGERS, crmAccountName: STRANGERS },
    })
  })

  test('private accounts are nobody’s tenant, unless the settings name it', async () => {
    await begin(texts)
    expect(await logInOf(PRIVATE)).toMatchObject(refused)
    await begin({ ...texts, OIDC_ALLOWED_TENANTS: PRIVATE })
    expect(await logInOf(PRIVATE)).toMatchObject({ identity: { crmAccountId: PRIVATE } })
  })
})
