import {
  allowInsecureRequests,
  clockSkew,
  clockTolerance,
  Configuration,
  customFetch,
  discovery,
  type ServerMetadata,
} from 'openid-client'
import { createGate } from '../../upstream/gate.ts'
import { minutes } from '../../shared/clock.ts'
import { createBoundedFetch, isAllowed, PeerUnavailable } from '../bounded-fetch.ts'
import { keepFresh } from '../keep-fresh.ts'
import { worse } from '../worse-health.ts'
import type { LoginDeps, LoginHealth } from '../port.ts'
import { TOLERANCE } from '../tolerance.ts'
import { checkSignatures } from './check-signatures.ts'
import { chooseClientAuth, clientAuthOf, createTeller } from './client-auth.ts'
import type { OidcSettings } from './settings.ts'
import { tidyAnswers, type Part } from './tidy-answers.ts'

/** The CRM's OpenID provider, as far as it is known. */
export interface Issuer {
  /**
   * For one round of one login: logins are rare, so each asks for the issuer's keys itself and a rotation of them
   * refuses nobody.
   * @throws when the issuer has never been reached and is not now
   */
  configuration(): Promise<Configuration>
  health: () => LoginHealth
  close: () => Promise<void>
}

/** Endpoints that a login asks, or sends the browser to; the last is there for some providers only. */
const endpoints = ['authorization_endpoint', 'token_endpoint', 'jwks_uri', 'userinfo_endpoint'] as const

export function createIssuer(settings: OidcSettings, deps: LoginDeps): Issuer {
  const { allowHttpLoopback, clock } = deps
  const [gate, tell] = [createGate(deps.monotonic), createTeller(deps.log)]
  const bounded = createBoundedFetch({ allowHttpLoopback, gate })
  const execute: ((config: Configuration) => void)[] = allowHttpLoopback ? [allowInsecureRequests] : []
  const metadata = keepFresh({ load: discover, peer: 'the OpenID issuer', every: minutes(10) })

  async function discover(): Promise<ServerMetadata> {
    const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId } = settings
    if (!isAllowed(issuer.href, allowHttpLoopback)) throw new PeerUnavailable('issuer_not_https')
    const options = { [customFetch]: tidyAnswers(bounded.fetch, () => 'document'), execute }
    try {
      const found = (await discovery(issuer, clientId, undefined, undefined, options)).serverMetadata()
      for (const endpoint of endpoints) checkEndpoint(endpoint, found[endpoint], allowHttpLoopback)
      tell(chooseClientAuth(found, settings))
      return found
    } catch (error) {
      throw explainDocument(error, issuer)
    }
  }

  function configure(server: ServerMetadata): Configuration {
    const skew = Math.round((clock().getTime() - Date.now()) / 1000)
    const client = { scope: settings.OIDC_SCOPE, [clockSkew]: skew, [clockTolerance]: TOLERANCE }
    const config = new Configuration(
      server,
      settings.OIDC_CLIENT_ID,
      client,
      clientAuthOf(chooseClientAuth(server, settings).method, settings.OIDC_CLIENT_SECRET.reveal()),
    )
    const tidied = tidyAnswers(bounded.fetch, (url) => partOf(url, server))
    config[customFetch] = checkSignatures(tidied, server)
    for (const extend of execute) extend(config)
    return config
  }

  return {
    configuration: async () => configure(await metadata.get()),
    health: () => worse(gate.health(), metadata.health()),
    async close() {
      await bounded.close()
      await metadata.close()
    },
  }
}

function checkEndpoint(endpoint: (typeof endpoints)[number], address: string | undefined, http: boolean) {
  if (address === undefined ? endpoint === 'userinfo_endpoint' : isAllowed(address, http)) return
  throw new PeerUnavailable('issuer_endpoint_unusable', { claim: endpoint, found: address })
}

function partOf(url: string, { token_endpoint: token, userinfo_endpoint: userinfo }: ServerMetadata): Part {
  const is = (endpoint: string | undefined) => endpoint !== undefined && URL.parse(endpoint)?.href === url
  if (is(token)) return 'token'
  return is(userinfo) ? 'userinfo' : 'keys'
}

/** The library compares the issuer that the document names, and keeps the document behind its error. */
function explainDocument(error: unknown, expected: URL): unknown {
  const { attribute, body } = (error as { cause?: { attribute?: string; body?: ServerMetadata } }).cause ?? {}
  if (attribute !== 'issuer') return error
  return new PeerUnavailable('issuer_mismatch', { found: body?.issuer, expected: expected.href }, error)
}
