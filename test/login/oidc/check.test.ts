import { createServer } from 'node:http'
import { afterEach, describe, expect, onTestFinished, test } from 'vitest'
import type { ClientMetadata } from 'oidc-provider'
import type { LoginCheck } from '../../../src/login/port.ts'
import { onLoopback } from '../../support/oidc-issuer/on-loopback.ts'
import type { Script } from '../../support/oidc-issuer/script.ts'
import { clientId, clientSecret, startIssuer } from '../../support/oidc-issuer/start-issuer.ts'
import { testDeps } from '../deps.ts'
import { openOidc } from './open-oidc.ts'
import { startRealProvider } from './real-provider.ts'

const CALLBACK = 'https://connector.example/wauth/callback'

interface Told {
  lines: LoginCheck[]
  line: (part: string | null) => LoginCheck | undefined
  /** What does not pass, by its part. */
  amiss: Record<string, LoginCheck['status']>
}

async function checked(issuer: string, texts: Record<string, string> = {}): Promise<Told> {
  const { method } = openOidc(issuer, texts, testDeps())
  onTestFinished(() => method.close())
  const lines = await method.check()
  const amiss = lines
    .filter(({ status }) => status !== 'pass')
    .map(({ part, status }) => [String(part), status])
  return {
    lines,
    line: (part) => lines.find((line) => line.part === part),
    amiss: Object.fromEntries(amiss) as Told['amiss'],
  }
}

describe('at a certified provider', () => {
  let provider: Awaited<ReturnType<typeof startRealProvider>>
  afterEach(() => provider.close())

  const at = async (client: Partial<ClientMetadata>, texts: Record<string, string> = {}) => {
    provider = await startRealProvider(CALLBACK, client)
    return checked(provider.url, texts)
  }

  test('everything passes, and the way of client authentication is told with who decided it', async () => {
    const told = await at({})
    expect(told.amiss).toEqual({})
    expect(told.line(null)?.says).toBe('the OpenID issuer answers and has one key')
    expect(told.line('client')?.says).toContain('client_secret_basic (as the provider announces)')
    expect(told.line('redirect')?.says).toContain(CALLBACK)
  })

  test('a wrong client secret is found, and that the id is known', async () => {
    const told = await at({ client_secret: 'another-secret-that-is-long-enough' })
    expect(told.amiss).toEqual({ client: 'failure' })
    expect(told.line('client')?.says).toContain('status 401, invalid_client')
    expect(told.line('client')?.next).toMatch(/^It knows OIDC_CLIENT_ID, so compare OIDC_CLIENT_SECRET/)
  })

  test('a wrong client id is found', async () => {
    const told = await at({ client_id: 'somebody-else' })
    expect(told.amiss).toEqual({ client: 'failure', redirect: 'failure' })
    expect(told.line('client')?.next).toMatch(/^Compare OIDC_CLIENT_ID, OIDC_CLIENT_SECRET/)
  })

  test('a redirect address that is not registered is found, and told to the letter', async () => {
    const told = await at({ redirect_uris: ['https://connector.example/callback'] })
    expect(told.amiss).toEqual({ redirect: 'failure' })
    expect(told.line('redirect')).toMatchObject({
      says: 'everybody who is sent to the provider gets an error page (status 400)',
      next: expect.stringContaining(CALLBACK) as string,
    })
  })

  test('a claim and a scope that are not announced are a warning', async () => {
    const told = await at(
      {},
      { OIDC_ACCOUNT_ID_CLAIM: 'tenant', OIDC_ACCOUNT_NAME_CLAIM: 'role.label', OIDC_SCOPE: 'openid crm' },
    )
    expect(told.line('claims')).toMatchObject({
      status: 'warning',
      says: 'the provider does not announce tenant, crm',
    })
  })

  test('a role that decides must be announced, one that is only shown need not', async () => {
    const role = { OIDC_ROLE_CLAIM: 'crm_role' }
    expect((await at({}, role)).amiss).toEqual({})
    await provider.close()
    expect((await at({}, { ...role, OIDC_ALLOWED_ROLES: 'admin' })).line('claims')?.says).toContain(
      'crm_role',
    )
  })
})

describe('at a provider of another kind', () => {
  async function at(script: Partial<Script>, texts: Record<string, string> = {}): Promise<Told> {
    const issuer = await startIssuer()
    onTestFinished(() => issuer.close())
    Object.assign(issuer.script, script)
    return checked(issuer.url, texts)
  }

  const page = (status: number, location?: string) => ({
    endpoints: { '/authorize': { status, ...(location !== undefined && { headers: { location } }) } },
  })

  test('that has no usable metadata, nothing else is told', async () => {
    const told = await at({ discovery: { issuer: 'https://else.example' } })
    expect(told.lines).toMatchObject([{ part: null, status: 'failure' }])
  })

  test('whose keys are gone, the rest is told all the same', async () => {
    const told = await at({ jwks: () => [] })
    expect(told.amiss).toEqual({ null: 'failure' })
    expect(told.lines).toHaveLength(4)
  })

  test('that holds the client to the other way, the setting that mends it is told', async () => {
    const told = await at({ clientAuth: 'post' })
    expect(told.amiss).toEqual({ client: 'failure' })
    expect(told.line('client')).toMatchObject({
      says: "the provider refuses the client, by client_secret_basic (the standard's way, as the provider announces none): status 400, invalid_client; it takes client_secret_post",
      next: 'Set OIDC_CLIENT_AUTH=post.',
    })
  })

  test('that holds the client to another way than the setting, that is told as well', async () => {
    const told = await at({ clientAuth: 'basic' }, { OIDC_CLIENT_AUTH: 'post' })
    expect(told.line('client')).toMatchObject({
      status: 'failure',
      says: expect.stringContaining('client_secret_post (as OIDC_CLIENT_AUTH says)') as string,
      next: 'Set OIDC_CLIENT_AUTH=basic.',
    })
  })

  test.each([
    ['refuses another secret, so that ours is known', 'invalid_client', 'pass'],
    ['says the same to every secret, which proves nothing', 'invalid_request', 'warning'],
  ])('that says little of a made-up code %s', async (_what, toOthers, status) => {
    const server = createServer((request, response) => {
      const ours = request.headers.authorization === `Basic ${btoa(`${clientId}:${clientSecret}`)}`
      const error = ours ? 'invalid_request' : toOthers
      response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error }))
    })
    const { url, close } = await onLoopback(server)
    onTestFinished(close)
    const told = await at({ discovery: { token_endpoint: `${url}/token` } })
    expect(told.line('client')?.status).toBe(status)
  })

  test.each([
    ['a refused connection is a failure', { '/token': 'drop' }, 'failure'],
    ['a server error proves nothing', { '/token': { status: 500 } }, 'warning'],
    ['too many requests prove nothing', { '/token': { status: 429 } }, 'warning'],
    ['a page proves nothing', { '/token': { status: 200, body: '<!doctype html>' } }, 'warning'],
    ['JSON that is no object proves nothing', { '/token': { status: 400, body: '[]' } }, 'warning'],
    [
      'a word with more than a word in it proves nothing',
      { '/token': { status: 400, body: JSON.stringify({ error: 'invalid_client\u001b[2J' }) } },
      'warning',
    ],
  ] as const)('at the token endpoint, %s', async (_what, endpoints, status) => {
    const told = await at({ endpoints })
    expect(told.line('client')?.status).toBe(status)
    expect(told.line('client')?.says).not.toContain('\u001b')
  })

  test.each<[string, Partial<Script>, LoginCheck['status']]>([
    // https://github.com/keycloak/keycloak/issues/25584
    ['sends browsers back as nobody is logged in', page(302, `${CALLBACK}?error=login_required`), 'pass'],
    // Glewlwyd 2.7.5, tried
    ['sends browsers back for a person to act', page(302, `${CALLBACK}?error=interaction_required`), 'pass'],
    [
      'sends browsers back, and does not know the prompt',
      page(303, `${CALLBACK}?error=invalid_request`),
      'pass',
    ],
    [
      'sends browsers back with a scope that it refuses',
      page(302, `${CALLBACK}?error=invalid_scope`),
      'failure',
    ],
    [
      'sends browsers back as the client may not ask for codes',
      page(302, `${CALLBACK}?error=unauthorized_client`),
      'failure',
    ],
    // LemonLDAP::NG 2.16.1, tried: a login page; https://github.com/mosip/esignet/issues/1718: a page with the error
    ['shows a page to whoever comes', page(200), 'warning'],
    // https://github.com/zitadel/zitadel/issues/12165
    ['sends everybody to a page of its own', page(302, 'https://id.example/login'), 'warning'],
    ['sends browsers to an address that only begins like ours', page(302, `${CALLBACK}.example/`), 'warning'],
    // Glewlwyd 2.7.5, tried: an unknown client or redirect address; a firewall says the same to programs
    ['may keep programs out', page(403), 'warning'],
    ['wants a ticket of Kerberos', page(401), 'warning'],
    ['shows an error page', page(400), 'failure'],
    ['has no such page', page(404), 'failure'],
    // https://github.com/mitreid-connect/OpenID-Connect-Java-Spring-Server/issues/1260
    ['breaks down', page(500), 'failure'],
  ])('that %s', async (_what, script, status) => {
    expect((await at(script)).line('redirect')?.status).toBe(status)
  })
})
