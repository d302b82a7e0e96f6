import { describe, expect, test } from 'vitest'
import { readSection } from '../../src/config/read-section.ts'
import { loginEngines } from '../../src/login/index.ts'

function problemsOf(method: string, env: Record<string, string>): string[] {
  const engine = loginEngines.find(({ name }) => name === method)
  if (!engine) throw new Error(`no login method ${method}`)
  const { problems } = readSection(engine.settings, { env, readFile: () => '' })
  return problems.map(({ name, problem }) => `${name} ${problem}`)
}

const oidc = {
  OIDC_ISSUER: 'https://id.crm.example',
  OIDC_CLIENT_ID: 'connector',
  OIDC_CLIENT_SECRET: 'q7Rk2vX9pLmZ4tYc',
}
const handoff = { HANDOFF_LOGIN_URL: 'https://crm.example/login', HANDOFF_ISSUER: 'https://crm.example' }
const HANDOFF_SECRET = 'zX3pQ9rT7vW1yB5nM8kL2jH6gF4dS0aC'
const HANDOFF_JWKS_URL = 'https://crm.example/jwks.json'

describe('oidc', () => {
  test('needs an issuer and a client', () => {
    expect(problemsOf('oidc', {})).toEqual([
      'OIDC_ISSUER is missing',
      'OIDC_CLIENT_ID is missing',
      'OIDC_CLIENT_SECRET is missing',
    ])
  })

  test('is complete with these', () => {
    expect(problemsOf('oidc', oidc)).toEqual([])
  })

  test('does not go without the scope that makes it OpenID', () => {
    expect(problemsOf('oidc', { ...oidc, OIDC_SCOPE: 'profile' })).toEqual(['OIDC_SCOPE must contain openid'])
  })

  test('takes tenants by their ids alone', () => {
    const tenants = '72F988BF-86f1-41af-91ab-2d7cd011db47, 9188040d-6c67-4cb5-b112-36a304b66dad'
    expect(problemsOf('oidc', { ...oidc, OIDC_ALLOWED_TENANTS: tenants })).toEqual([])
    expect(problemsOf('oidc', { ...oidc, OIDC_ALLOWED_TENANTS: 'contoso.onmicrosoft.com' })).toEqual([
      'OIDC_ALLOWED_TENANTS has an item that is no tenant id, a GUID',
    ])
  })

  test('wants a secret of 16 characters', () => {
    expect(problemsOf('oidc', { ...oidc, OIDC_CLIENT_SECRET: 'q7Rk2vX9pLmZ4tY' })).toEqual([
      'OIDC_CLIENT_SECRET is shorter than 16 characters',
    ])
  })
})

describe('handoff', () => {
  test.each([{ HANDOFF_SECRET }, { HANDOFF_JWKS_URL }])('is complete with one kind of key: %o', (key) => {
    expect(problemsOf('handoff', { ...handoff, ...key })).toEqual([])
  })

  test('needs a key', () => {
    expect(problemsOf('handoff', handoff)).toEqual(['HANDOFF_SECRET is missing, and so is HANDOFF_JWKS_URL'])
  })

  test('does not take both kinds of key', () => {
    expect(problemsOf('handoff', { ...handoff, HANDOFF_SECRET, HANDOFF_JWKS_URL })).toEqual([
      'HANDOFF_JWKS_URL is given beside HANDOFF_SECRET',
    ])
  })

  test('takes the secret of before beside the one of now, and not alone', () => {
    const before = { HANDOFF_SECRET_PREVIOUS: 'aC0dS4gF6jH2kL8mN5yB1vW7rT9pQ3zX' }
    expect(problemsOf('handoff', { ...handoff, HANDOFF_SECRET, ...before })).toEqual([])
    expect(problemsOf('handoff', { ...handoff, HANDOFF_JWKS_URL, ...before })).toEqual([
      'HANDOFF_SECRET_PREVIOUS is given without HANDOFF_SECRET',
    ])
  })

  test('wants a secret of 32 bytes', () => {
    expect(problemsOf('handoff', { ...handoff, HANDOFF_SECRET: HANDOFF_SECRET.slice(1) })).toEqual([
      'HANDOFF_SECRET is shorter than 32 characters',
    ])
  })
})
