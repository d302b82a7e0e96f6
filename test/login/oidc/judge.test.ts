import { describe, expect, test } from 'vitest'
import { clientId, clientSecret } from '../../support/oidc-issuer/start-issuer.ts'
import type { Script } from '../../support/oidc-issuer/script.ts'
import { useScriptedLogin } from './scripted-login.ts'

const login = useScriptedLogin()

/** An ID token as an operator gets hold of it: from a login by hand. */
async function idTokenBy(script: Partial<Script> = {}): Promise<string> {
  Object.assign(login.issuer.script, script)
  const start = await login.begin()
  if (start.kind !== 'redirect') throw new Error('login did not begin')
  const { verifier } = JSON.parse(start.remember) as { verifier: string }
  const params = await login.issuer.logIn(start.location)
  const form = {
    ...{ grant_type: 'authorization_code', code: params.get('code') ?? '', code_verifier: verifier },
    redirect_uri: start.location.searchParams.get('redirect_uri') ?? '',
  }
  const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`
  const answer = await fetch(`${login.issuer.url}/token`, {
    ...{ method: 'POST', headers: { authorization }, body: new URLSearchParams(form) },
  })
  return ((await answer.json()) as { id_token: string }).id_token
}

async function judged(token: string) {
  const { lines, ...verdict } = await login.opened.method.judge(token)
  const failures = lines.filter(({ status }) => status === 'fail').map(({ claim, code }) => [claim, code])
  const of = (claim: string) => lines.find((line) => line.claim === claim)
  return { ...verdict, failures: Object.fromEntries(failures) as unknown, of }
}

describe('an ID token at hand', () => {
  test('passes claim by claim, as far as it shows without a login', async () => {
    const { ok, failures, identity, of } = await judged(await idTokenBy({ claims: { department: 'secret' } }))
    expect({ ok, failures, identity }).toMatchObject({
      ...{ ok: true, failures: {} },
      identity: { userId: 'user-1', userName: 'Anna Keller', crmAccountId: 'acme', role: 'admin' },
    })
    expect(of('iss')).toMatchObject({ status: 'pass', says: login.issuer.url })
    expect(of('nonce')).toMatchObject({ status: 'unchecked' })
    expect(of('at_hash')).toMatchObject({ status: 'unchecked' })
    expect(of('preferred_username')).toMatchObject({ status: 'unchecked' })
    expect(of('department')).toEqual({ claim: 'department', status: 'unread', code: null, says: '' })
  })

  test('is told all that is wrong with it, each by the code of a login', async () => {
    await login.reopen({ OIDC_ALLOWED_ROLES: 'owner' })
    const at = Math.floor(Date.now() / 1000)
    const claims = {
      iss: 'https://other.example',
      azp: 'other',
      exp: at - 90,
      iat: at - 3600,
      account_id: '..',
    }
    const { ok, failures } = await judged(await idTokenBy({ claims, signer: 'stranger' }))
    expect(ok).toBe(false)
    expect(failures).toEqual({
      signature: 'id_token_signature',
      iss: 'id_token_iss',
      azp: 'id_token_azp',
      exp: 'id_token_expired',
      iat: 'id_token_too_old',
      account_id: 'account_id_unusable',
      role: 'role_not_allowed',
    })
  })

  test.each<[string, Record<string, unknown>]>([
    ['aud', { aud: 'other' }],
    ['iss', { iss: 'https://other.example' }],
    ['azp', { azp: 'other' }],
    ['exp', { exp: 1 }],
    ['nbf', { nbf: 4_000_000_000 }],
    ['iat', { iat: 1 }],
    ['account_id', { account_id: 'ac\u3164me' }],
    ['account_name', { account_name: 7 }],
  ])('is judged as a login judges it: %s', async (claim, claims) => {
    const outcome = await login.logIn({ claims })
    const { failures } = await judged(await idTokenBy({ claims }))
    expect(failures).toEqual({ [claim]: outcome.kind === 'refused' && outcome.code })
  })

  test('that is none at all fails by its form', async () => {
    expect((await judged('no token')).failures).toEqual({ signature: 'id_token_malformed' })
  })

  test('is told what is wrong with the document of the issuer', async () => {
    const token = await idTokenBy()
    login.issuer.script.discovery = { userinfo_endpoint: 'http://id.crm.example/me' }
    await login.reopen()
    const { ok, of } = await judged(token)
    expect(ok).toBe(false)
    expect(of('signature')).toMatchObject({ status: 'fail', code: 'issuer_endpoint_unusable' })
  })

  test('proves nothing while the keys cannot be had', async () => {
    const token = await idTokenBy()
    login.issuer.script.endpoints = { '/jwks': { status: 503 } }
    const { ok, of } = await judged(token)
    expect(ok).toBe(false)
    expect(of('signature')).toMatchObject({ status: 'unchecked', code: 'peer_failed' })
  })
})
