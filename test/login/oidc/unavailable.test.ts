import { describe, expect, test } from 'vitest'
import { seconds } from '../../../src/shared/clock.ts'
import { freePort } from '../../support/free-port.ts'
import type { Script } from '../../support/oidc-issuer/script.ts'
import { testDeps } from '../deps.ts'
import { misconfiguredBy, useScriptedLogin } from './scripted-login.ts'

const login = useScriptedLogin()

describe('no login begins', () => {
  const html = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' }
  const discoveryPath = '/.well-known/openid-configuration'
  const starts: [string, Partial<Script>, string][] = [
    [
      'when the metadata are of another issuer',
      { discovery: { issuer: 'https://other.example' } },
      'issuer_mismatch',
    ],
    ['when the metadata name no keys', { discovery: { jwks_uri: undefined } }, 'issuer_endpoint_unusable'],
    [
      'when the metadata lead to plain http elsewhere',
      { discovery: { token_endpoint: 'http://crm.example/token' } },
      'issuer_endpoint_unusable',
    ],
    ...['userinfo_endpoint', 'authorization_endpoint', 'jwks_uri', 'token_endpoint'].flatMap((endpoint) =>
      [
        'http://id.crm.example/x',
        'id.crm.example/x',
        'javascript:alert(1)',
        'https://user:word@id.crm.example/x',
        'https://id.crm.example/x#y',
        ['https://id.crm.example/x'],
        7,
      ].map((address): [string, Partial<Script>, string] => [
        `when the metadata have ${JSON.stringify(address)} as ${endpoint}`,
        { discovery: { [endpoint]: address } },
        'issuer_endpoint_unusable',
      ]),
    ),
    [
      'when the metadata are a web page',
      { endpoints: { [discoveryPath]: html } },
      'issuer_document_unreadable',
    ],
    [
      'when the metadata are missing',
      { endpoints: { [discoveryPath]: { status: 404 } } },
      'issuer_document_refused',
    ],
    [
      'when the metadata are for others',
      { endpoints: { [discoveryPath]: { status: 403 } } },
      'issuer_document_refused',
    ],
    [
      'when the metadata are elsewhere, which is not followed',
      { endpoints: { [discoveryPath]: { status: 302, headers: { location: '/elsewhere' } } } },
      'issuer_document_status',
    ],
    [
      'when the metadata are endless',
      { endpoints: { [discoveryPath]: { status: 200, body: 'x'.repeat(300_000) } } },
      'peer_answer_too_large',
    ],
  ]
  const vendors = ['issuer_mismatch', 'issuer_endpoint_unusable', 'issuer_document_refused']

  test.each(starts)('%s', async (_, script, code) => {
    Object.assign(login.issuer.script, script)
    await login.reopen()
    expect(await login.logIn()).toMatchObject(
      vendors.includes(code) ? misconfiguredBy(code) : { kind: 'unavailable', code },
    )
    expect(login.opened.method.health()).toEqual({
      ok: false,
      detail: expect.stringMatching(
        new RegExp(`^the OpenID issuer gives no usable answer: ${code}: [A-Z].*\\.$`),
      ) as string,
    })
    expect(login.issuer.asked).not.toContain('/elsewhere')
  })

  test('over plain http, unless this machine is being developed on', async () => {
    await expect.poll(() => login.opened.method.health().ok).toBe(true)
    const before = login.issuer.asked.length
    await login.reopen({}, testDeps({ allowHttpLoopback: false }))
    expect(await login.logIn()).toMatchObject(misconfiguredBy('issuer_not_https'))
    expect(login.issuer.asked).toHaveLength(before)
  })

  test('nor is one ended, by a replica that starts when the set-up has been spoilt', async () => {
    const start = await login.begin()
    if (start.kind !== 'redirect') throw new Error('login did not begin')
    const params = await login.issuer.logIn(start.location)
    login.issuer.script.discovery = { issuer: 'https://other.example' }
    await login.reopen()
    expect(
      await login.opened.method.complete({ params, headers: new Headers(), remembered: start.remember }),
    ).toMatchObject(misconfiguredBy('issuer_mismatch'))
  })
})

describe('login is unavailable', () => {
  const ends: [string, Partial<Script>, string][] = [
    ['when the tokens are unavailable', { endpoints: { '/token': { status: 503 } } }, 'peer_failed'],
    ['when the connection breaks', { endpoints: { '/token': 'drop' } }, 'peer_unreachable'],
    ['when the keys are unavailable', { endpoints: { '/jwks': { status: 500 } } }, 'peer_failed'],
    [
      'when userinfo is unavailable',
      { claims: { account_name: undefined }, endpoints: { '/userinfo': { status: 429 } } },
      'peer_failed',
    ],
    [
      'when the issuer says: not now',
      { answer: { error: 'temporarily_unavailable', code: undefined } },
      'temporarily_unavailable',
    ],
  ]
  test.each(ends)('%s', async (_, script, code) => {
    expect(await login.logIn(script)).toMatchObject({ kind: 'unavailable', code })
  })

  test('when only userinfo has a required role, and it is unavailable', async () => {
    await login.reopen({ OIDC_ALLOWED_ROLES: 'admin' })
    const script = { claims: { role: undefined }, endpoints: { '/userinfo': { status: 429 } } }
    expect(await login.logIn(script)).toMatchObject({ kind: 'unavailable', code: 'peer_failed' })
  })

  test('but not for a role that nobody asks for', async () => {
    const script = { claims: { role: undefined }, endpoints: { '/userinfo': { status: 429 } } }
    expect(await login.logIn(script)).toMatchObject({ kind: 'identified', identity: { role: null } })
  })
})

describe('an issuer that is down', () => {
  test('is not asked for a while, and then once more', async () => {
    const token_endpoint = `http://127.0.0.1:${await freePort()}/token`
    login.issuer.script.discovery = { token_endpoint }
    await login.reopen()
    for (let i = 0; i < 5; i++) expect(await login.logIn()).toMatchObject({ code: 'peer_unreachable' })
    expect(await login.logIn()).toMatchObject({ kind: 'unavailable', code: 'peer_breaker_open' })
    expect(login.opened.method.health()).toMatchObject({
      ok: false,
      detail: expect.stringContaining('breaker open') as string,
    })
    login.opened.deps.laterBy(seconds(10))
    expect(await login.logIn()).toMatchObject({ kind: 'unavailable', code: 'peer_unreachable' })
  })
})

test.each([429, 500, 502, 503, 504])(
  'codes that a stranger made up, answered %i, keep nobody else out',
  async (status) => {
    for (let i = 0; i < 6; i++) await login.logIn({ endpoints: { '/token': { status } } })
    expect(await login.logIn({ endpoints: {} })).toMatchObject({ kind: 'identified' })
  },
)

test('nor do those over which the connection breaks', async () => {
  for (let i = 0; i < 6; i++) await login.logIn({ endpoints: { '/token': 'drop' } })
  expect(await login.logIn({ endpoints: {} })).toMatchObject({ kind: 'identified' })
})
