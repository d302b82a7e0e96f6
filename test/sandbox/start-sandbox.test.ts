import { expect, onTestFinished, test } from 'vitest'
import { startSandbox, type SandboxOptions } from '../../src/sandbox/start-sandbox.ts'
import { connect, send } from './wazzup/wazzup-at-hand.ts'

async function sandboxAtHand(options: Partial<SandboxOptions> = {}) {
  const sandbox = await startSandbox({ connectorUrl: 'http://127.0.0.1:3000', ...options })
  onTestFinished(() => sandbox.close())
  return sandbox
}

test('the environment names a Wazzup whose states are good with its secret', async () => {
  const { wazzup, environment } = await sandboxAtHand()
  expect(environment['WAZZUP_API_URL']).toBe(wazzup.url)
  expect((await connect(wazzup, { secret: environment['WAZZUP_SECRET'] })).status).toBe(200)
})

test('the "Connect" button leads to the connector', async () => {
  const { wazzup, environment } = await sandboxAtHand()
  const crmCode = environment['WAZZUP_CRM_CODE'] ?? ''
  const { headers } = await send(`${wazzup.url}/marketplace/connect?crmCode=${crmCode}`)
  expect(headers['location']).toMatch(/^http:\/\/127\.0\.0\.1:3000\/wauth\?state=/)
})

test('for OpenID it names an issuer that offers the scope', async () => {
  const { environment } = await sandboxAtHand()
  const { json } = await send(`${environment['OIDC_ISSUER'] ?? ''}/.well-known/openid-configuration`)
  expect(json()).toMatchObject({
    issuer: environment['OIDC_ISSUER'],
    scopes_supported: environment['OIDC_SCOPE']?.split(' '),
    code_challenge_methods_supported: ['S256'],
  })
  expect(environment).not.toHaveProperty('HANDOFF_SECRET')
})

test('for the hand-over it names the login address and a secret of its own', async () => {
  const { crm, environment } = await sandboxAtHand({ login: 'handoff' })
  expect(environment).toMatchObject({ LOGIN: 'handoff', HANDOFF_LOGIN_URL: crm.handoffLoginUrl })
  expect(environment['HANDOFF_SECRET']?.length).toBeGreaterThanOrEqual(32)
  expect(environment).not.toHaveProperty('OIDC_ISSUER')
})

test('no two runs share a secret', async () => {
  const [one, other] = [await sandboxAtHand(), await sandboxAtHand()]
  for (const name of ['WAZZUP_SECRET', 'OIDC_CLIENT_SECRET']) {
    expect(one.environment[name]).not.toBe(other.environment[name])
  }
})

test('the environment names an export and a webhook handler of the demo CRM', async () => {
  const { crm, environment } = await sandboxAtHand({ exports: { sizes: { acme: { users: 1 } } } })
  expect(environment).toMatchObject({ CRM_EXPORT_URL: crm.exportUrl, WEBHOOKS_URL: crm.webhooksUrl })
  const authorization = `Bearer ${environment['CRM_EXPORT_TOKEN'] ?? ''}`
  const { json } = await send(`${crm.exportUrl}/users?account=acme`, { headers: { authorization } })
  expect(json()).toMatchObject({ items: [{ id: 'acme-admin' }], next: null })
})
