import type { ClientMetadata } from 'oidc-provider'
import { afterEach, describe, expect, test } from 'vitest'
import { systemRandom } from '../../../src/shared/random.ts'
import { startIssuer } from '../../support/oidc-issuer/start-issuer.ts'
import { publicUrl } from '../deps.ts'
import { openOidc, type Opened } from './open-oidc.ts'
import { browse, startRealProvider } from './real-provider.ts'

const REDIRECT = 'https://connector.example/wauth/callback'
const FORM_SAFE = 'wauth-client_secret.1*34'
const REGISTERED = { basic: 'client_secret_basic', post: 'client_secret_post' } as const

const toClose: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of toClose.splice(0)) await close()
})

function open(issuer: { url: string; close: () => Promise<void> }, texts: Record<string, string>): Opened {
  const opened = openOidc(issuer.url, texts)
  toClose.push(() => opened.method.close(), issuer.close)
  return opened
}

interface Case {
  client: Partial<ClientMetadata>
  texts: Record<string, string>
}

/** One login with a certified provider. */
async function logIn({ client, texts }: Case) {
  const { method } = open(await startRealProvider(REDIRECT, client), texts)
  const start = await method.begin({ attemptId: systemRandom(16), again: false })
  if (start.kind !== 'redirect') throw new Error(`login did not begin: ${start.code}`)
  const params = await browse(start.location, publicUrl)
  return method.complete({ params, headers: new Headers(), remembered: start.remember })
}

describe('a certified provider', () => {
  const secrets = [
    FORM_SAFE,
    '3f8a1c52-7b0e-4d69-9a35-0c1d2e3f4a5b',
    'q7Rk2v_X9pLm-Z4tYc8sNb3wHd6fJg5aKe',
    `~!'()%+&=:;,/?@#[]$|<>{}^\`"\\`,
    'a%2Db%20c+d%%e==f&&g',
  ]
  const ways = ['basic', 'post'] as const
  test.each(ways.flatMap((way) => secrets.map((secret) => [way, secret] as const)))(
    'takes by %s the secret %s',
    async (way, secret) => {
      const outcome = await logIn({
        client: { client_secret: secret, token_endpoint_auth_method: REGISTERED[way] },
        texts: { OIDC_CLIENT_SECRET: secret, OIDC_CLIENT_AUTH: way },
      })
      expect(outcome).toMatchObject({ kind: 'identified' })
    },
  )

  test.each(ways)('takes by %s a client whose id has what a header could not carry plainly', async (way) => {
    const id = 'wauth:connector 1-_.*~'
    const outcome = await logIn({
      client: { client_id: id, token_endpoint_auth_method: REGISTERED[way] },
      texts: { OIDC_CLIENT_ID: id, OIDC_CLIENT_AUTH: way },
    })
    expect(outcome).toMatchObject({ kind: 'identified' })
  })
})

describe('a provider that does not decode the header and holds each client to one way', () => {
  async function logInTo({ takes, setting }: { takes: 'basic' | 'post'; setting: string }) {
    const issuer = await startIssuer({ secret: FORM_SAFE })
    issuer.script.clientAuth = takes
    const { method } = open(issuer, { OIDC_CLIENT_SECRET: FORM_SAFE, OIDC_CLIENT_AUTH: setting })
    const start = await method.begin({ attemptId: systemRandom(16), again: false })
    if (start.kind !== 'redirect') throw new Error(`login did not begin: ${start.code}`)
    const params = await issuer.logIn(start.location)
    return method.complete({ params, headers: new Headers(), remembered: start.remember })
  }

  test.each([
    ['basic', 'auto'],
    ['basic', 'basic'],
    ['post', 'post'],
  ] as const)('takes by %s, with %s, every character that a form leaves alone', async (takes, setting) => {
    expect(await logInTo({ takes, setting })).toMatchObject({ kind: 'identified' })
  })

  test.each([
    ['post', 'auto'],
    ['basic', 'post'],
  ] as const)(
    'refuses the other way: %s, with %s, and the log leads to the setting',
    async (takes, setting) => {
      expect(await logInTo({ takes, setting })).toMatchObject({
        ...{ kind: 'refused', code: 'invalid_client' },
        hint: expect.stringContaining('OIDC_CLIENT_AUTH') as string,
      })
    },
  )
})

describe('the log and the check say once which way was taken', () => {
  test.each([
    ['auto', undefined, 'client_secret_basic', 'standard'],
    ['auto', ['client_secret_post', 'client_secret_basic'], 'client_secret_basic', 'issuer'],
    ['auto', ['private_key_jwt', 'client_secret_post'], 'client_secret_post', 'issuer'],
    ['auto', ['private_key_jwt', 'tls_client_auth'], 'client_secret_basic', 'standard'],
    ['auto', [], 'client_secret_basic', 'standard'],
    ['post', ['client_secret_basic'], 'client_secret_post', 'setting'],
    ['basic', ['client_secret_post'], 'client_secret_basic', 'setting'],
  ])('%s, where the provider announces %j', async (setting, announced, method, decidedBy) => {
    const issuer = await startIssuer()
    issuer.script.discovery = { token_endpoint_auth_methods_supported: announced }
    const opened = open(issuer, { OIDC_CLIENT_AUTH: setting })
    issuer.script.clientAuth = method === 'client_secret_post' ? 'post' : 'basic'
    const client = (await opened.method.check()).find(({ part }) => part === 'client')
    expect(client).toMatchObject({ status: 'pass', says: expect.stringContaining(method) as string })
    await opened.method.begin({ attemptId: systemRandom(16), again: false })
    await opened.method.begin({ attemptId: systemRandom(16), again: false })
    expect(opened.deps.logged('login.client_auth')).toMatchObject([{ method, decidedBy }])
  })
})
