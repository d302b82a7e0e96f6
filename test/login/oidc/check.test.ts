import { createServer } from 'node:http'
import { afterEach, describe, expect, onTestFinished, test } from 'vitest'
import type { ClientMetadata } from 'oidc-provider'
import type { LoginCheck } from '../../../src/login/port.ts'
import { onLoopback } from '../../support/oidc-issuer/on-loopback.ts'
import type { Script } from '../../support/oidc-issuer/script.ts'
import { startIssuer } from '../../support/oidc-issuer/start-issuer.ts'
import { testDeps } from '../deps.ts'
import { openOidc } from './open-oidc.ts'
import { startRealProvider } from './real-provider.ts'

const CALLBACK = 'https://connector.example/wauth/callback'
const toLogin = { status: 302, location: 'https://id.example/login' }

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
    expect(told.lines[0]?.says).toMatch(
      /\(issuer_mismatch: The document says issuer https:\/\/else\.example, OIDC_ISSUER is http:\/\/127\.0\.0\.1:\d+\/\.\)$/,
    )
  })

  test('whose keys are gone, the rest is told all the same', async () => {
    const told = await at({ jwks: () => [] })
    expect(told.amiss).toEqual({ null: 'failure' })
    expect(told.line(null)?.says).toBe('the OpenID issuer gives no usable keys (there are none)')
    expect(told.lines).toHaveLength(4)
  })

  test('whose keys cannot be read, the reason is told in a sentence', async () => {
    const told = await at({ endpoints: { '/jwks': { status: 404 } } })
    expect(told.line(null)?.says).toContain('(key_set_unusable: The address of the keys does not answer with')
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
    ['sends browsers back for a person to agree', page(302, `${CALLBACK}?error=consent_required`), 'pass'],
    [
      'sends browsers back for a person to choose',
      page(302, `${CALLBACK}?error=account_selection_required`),
      'pass',
    ],
    ['sends browsers back with a code', page(302, `${CALLBACK}?code=abc`), 'pass'],
    // As with pushed authorization requests that are required (RFC 9126, 5)
    [
      'sends every browser back as the request is invalid',
      page(303, `${CALLBACK}?error=invalid_request`),
      'failure',
    ],
    [
      'sends every browser back with a scope that it refuses',
      page(302, `${CALLBACK}?error=invalid_scope`),
      'failure',
    ],
    [
      'sends every browser back as the client may not ask for codes',
      page(302, `${CALLBACK}?error=unauthorized_client`),
      'failure',
    ],
    ['sends every browser back as it has failed', page(302, `${CALLBACK}?error=server_error`), 'warning'],
    ['sends every browser back as it says no', page(302, `${CALLBACK}?error=access_denied`), 'warning'],
    ['sends every browser back without a word', page(302, CALLBACK), 'warning'],
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
    ['breaks down', page(500), 'warning'],
    ['has gone for good', page(410), 'failure'],
  ])('that %s', async (_what, script, status) => {
    expect((await at(script)).line('redirect')?.status).toBe(status)
  })

  test('that breaks down for programs, nothing is said against the redirect address', async () => {
    const { says, next } = (await at(page(503))).line('redirect') ?? {}
    expect(says).toContain('status 503')
    expect(next).toMatch(/^Open the authorization_endpoint of /)
    expect(next).not.toContain(CALLBACK)
  })

  const inTurn = async (silently: string, openly: { status: number; location?: string }) => {
    const server = createServer((request, response) => {
      const isSilent = new URL(request.url ?? '/', 'http://provider').searchParams.get('prompt') === 'none'
      const { status, location } = isSilent
        ? { status: 302, location: `${CALLBACK}?error=${silently}` }
        : openly
      response.writeHead(status, location === undefined ? {} : { location }).end()
    })
    const { url, close } = await onLoopback(server)
    onTestFinished(close)
    return (await at({ discovery: { authorization_endpoint: `${url}/authorize` } })).line('redirect')
  }

  test.each([
    ['does not know the prompt, and shows the others its page', 'invalid_request', { status: 200 }, 'pass'],
    ['says no to the prompt, and leads the others on', 'access_denied', toLogin, 'pass'],
    ['does not know the prompt, and breaks down without it', 'invalid_request', { status: 502 }, 'warning'],
    [
      'does not know the prompt, and shows an error without it',
      'invalid_request',
      { status: 400 },
      'failure',
    ],
    ['refuses the scope before the login only with the prompt', 'invalid_scope', { status: 200 }, 'warning'],
    ['logs in by itself', 'server_error', { status: 302, location: `${CALLBACK}?code=abc` }, 'pass'],
  ])('that %s', async (_what, silently, openly, status) => {
    expect((await inTurn(silently, openly))?.status).toBe(status)
  })
})
