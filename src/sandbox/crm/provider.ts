import { randomBytes } from 'node:crypto'
import { exportJWK, generateKeyPair } from 'jose'
import { Provider, type Configuration } from 'oidc-provider'
import { pageHeaders, pageMarkup } from '../pages/page.ts'
import { wordsFor } from '../pages/words.ts'
import { personBySub } from './customers.ts'
import { createMemoryAdapter } from './memory-adapter.ts'
import { oidcErrorPage } from './oidc-error-page.ts'

export interface ProviderOptions {
  issuer: string
  clientId: string
  clientSecret: string
  redirectUri: string
  /** Where a person begins again whose login is over. */
  startUrl: string
  /** False: the ID token names only `sub`, everything else is at the userinfo endpoint. */
  claimsInIdToken: boolean
  /** Claims that replace a user's own, by `sub`; a claim set to `undefined` is left out. */
  claims: Record<string, Record<string, unknown>>
}

const minutes = (n: number) => n * 60

const findAccount =
  (overrides: ProviderOptions['claims']): NonNullable<Configuration['findAccount']> =>
  (_context, sub) => {
    const person = personBySub(sub)
    if (!person) return undefined
    const { name, role, accountId, accountName } = person
    const own = { sub, name, account_id: accountId, account_name: accountName, role }
    return { accountId: sub, claims: () => ({ ...own, ...overrides[sub] }) }
  }

/** The client is the CRM's own, so nobody is asked whether it may know what it asks for. */
const loadExistingGrant: NonNullable<Configuration['loadExistingGrant']> = async ({ oidc }) => {
  const { client, session, provider } = oidc
  if (!client || !session?.accountId) return undefined
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId })
  grant.addOIDCScope('openid profile crm')
  await grant.save()
  return grant
}

async function makeKey() {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  return { ...(await exportJWK(privateKey)), kid: 'demo-crm', alg: 'RS256', use: 'sig' }
}

/** Of this process: making a key takes half the time of a start. */
let key: ReturnType<typeof makeKey> | undefined
const signingKeys = async () => ({ keys: [{ ...(await (key ??= makeKey())) }] })

/** The CRM's OpenID provider: code flow with PKCE S256 for one client, its pages under `/login`. */
export async function createProvider(options: ProviderOptions): Promise<Provider> {
  return new Provider(options.issuer, {
    adapter: createMemoryAdapter(),
    clients: [
      {
        client_id: options.clientId,
        client_secret: options.clientSecret,
        redirect_uris: [options.redirectUri],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    jwks: await signingKeys(),
    cookies: { keys: [randomBytes(32).toString('hex')] },
    scopes: ['openid', 'profile', 'crm'],
    claims: { openid: ['sub'], profile: ['name'], crm: ['account_id', 'account_name', 'role'] },
    conformIdTokenClaims: !options.claimsInIdToken,
    findAccount: findAccount(options.claims),
    loadExistingGrant,
    responseTypes: ['code'],
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: false } },
    clientBasedCORS: () => false,
    renderError: (context) => {
      const page = oidcErrorPage(wordsFor(context), options.startUrl)
      context.set(pageHeaders(page))
      context.body = pageMarkup(page)
    },
    interactions: { url: (_context, interaction) => `/login/${interaction.uid}` },
    routes: {
      authorization: '/oidc/auth',
      token: '/oidc/token',
      userinfo: '/oidc/me',
      jwks: '/oidc/jwks',
    },
    ttl: {
      AccessToken: minutes(10),
      AuthorizationCode: minutes(1),
      Grant: minutes(60),
      IdToken: minutes(10),
      Interaction: minutes(10),
      Session: minutes(60),
    },
  })
}
