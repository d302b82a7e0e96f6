import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { exportJWK, generateKeyPair } from 'jose'
import { Provider, type ClientMetadata } from 'oidc-provider'
import { CookieJar } from 'tough-cookie'
import { createMemoryAdapter } from '../../../src/sandbox/crm/memory-adapter.ts'
import { onLoopback } from '../../support/oidc-issuer/on-loopback.ts'
import { clientId, clientSecret } from '../../support/oidc-issuer/start-issuer.ts'

const user = { account_id: 'acme', account_name: 'Acme Travel', role: 'admin', name: 'Anna Keller' }

/** A certified OpenID provider on loopback that takes everybody for the same user, without a page. */
export async function startRealProvider(redirectUri: string, client: Partial<ClientMetadata> = {}) {
  const server = createServer()
  const { url, close } = await onLoopback(server)
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const registered = {
    ...{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] },
    ...client,
  }
  const provider: Provider = new Provider(url, {
    clients: [registered],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'one', alg: 'RS256', use: 'sig' }] },
    cookies: { keys: [randomBytes(32).toString('hex')] },
    scopes: ['openid', 'profile'],
    claims: { openid: ['sub'], profile: Object.keys(user) },
    findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ sub, ...user }) }),
    async loadExistingGrant({ oidc }) {
      const accountId = oidc.session?.accountId
      if (!accountId) return undefined
      const grant = new provider.Grant({ clientId: registered.client_id, accountId })
      grant.addOIDCScope('openid profile')
      await grant.save()
      return grant
    },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false }, jwtUserinfo: { enabled: true } },
    adapter: createMemoryAdapter(),
    ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 60 },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
  })
  const serve = provider.callback()
  server.on('request', (request, response) => {
    const interaction = request.url?.startsWith('/interaction/')
    const login = { login: { accountId: 'user-1' } }
    void (interaction ? provider.interactionFinished(request, response, login) : serve(request, response))
  })
  return { url, close }
}

/** Follows redirects with cookies, as a browser does, until it is sent back to `home`. */
export async function browse(start: URL, home: URL): Promise<URLSearchParams> {
  const jar = new CookieJar()
  let at = start
  for (let hops = 0; hops < 10; hops++) {
    const headers = { cookie: await jar.getCookieString(at.href) }
    const response = await fetch(at, { redirect: 'manual', headers })
    for (const cookie of response.headers.getSetCookie()) await jar.setCookie(cookie, at.href)
    at = new URL(response.headers.get('location') ?? '', at)
    if (at.origin === home.origin) return at.searchParams
  }
  throw new Error('the provider never sent the browser back')
}
