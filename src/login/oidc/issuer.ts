import {
  allowInsecureRequests,
  clockSkew,
  clockTolerance,
  Configuration,
  customFetch,
  type ServerMetadata,
} from 'openid-client'
import { createGate } from '../../upstream/gate.ts'
import { minutes } from '../../shared/clock.ts'
import { createBoundedFetch } from '../bounded-fetch.ts'
import type { Claims } from '../claim-path.ts'
import { keepFresh } from '../keep-fresh.ts'
import { worse } from '../worse-health.ts'
import type { LoginDeps, LoginHealth } from '../port.ts'
import { TOLERANCE } from '../tolerance.ts'
import { checkSignatures, createClaimsSigned } from './check-signatures.ts'
import { chooseClientAuth, clientAuthOf, createTeller } from './client-auth.ts'
import { discover } from './discover.ts'
import { idTokenClaims } from './id-token-claims.ts'
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
  /**
   * The claims of an ID token that the issuer has signed, none of them judged.
   * @throws {LoginRefused} PeerUnavailable when document or keys cannot be had
   */
  claimsOf(token: string): Promise<Claims>
  health: () => LoginHealth
  close: () => Promise<void>
}

export function createIssuer(settings: OidcSettings, deps: LoginDeps): Issuer {
  const { allowHttpLoopback, wayOut, clock } = deps
  const [gate, tell] = [createGate(deps.monotonic), createTeller(deps.log)]
  const bounded = createBoundedFetch({ allowHttpLoopback, wayOut, gate })
  const execute: ((config: Configuration) => void)[] = allowHttpLoopback ? [allowInsecureRequests] : []
  const metadata = keepFresh({ load, peer: 'the OpenID issuer', every: minutes(10) })

  async function load(): Promise<ServerMetadata> {
    const found = await discover(settings, { fetch: bounded.fetch, allowHttpLoopback, execute })
    tell(chooseClientAuth(found, settings))
    return found
  }

  const tidied = (server: ServerMetadata) => tidyAnswers(bounded.fetch, (url) => partOf(url, server))

  function configure(server: ServerMetadata): Configuration {
    const skew = Math.round((clock().getTime() - Date.now()) / 1000)
    const client = { scope: settings.OIDC_SCOPE, [clockSkew]: skew, [clockTolerance]: TOLERANCE }
    const config = new Configuration(
      server,
      settings.OIDC_CLIENT_ID,
      client,
      clientAuthOf(chooseClientAuth(server, settings).method, settings.OIDC_CLIENT_SECRET.reveal()),
    )
    const claims = idTokenClaims({ server, settings, now: clock() })
    config[customFetch] = checkSignatures(tidied(server), server, claims)
    for (const extend of execute) extend(config)
    return config
  }

  return {
    configuration: async () => configure(await metadata.get()),
    async claimsOf(token) {
      const server = await metadata.get()
      return createClaimsSigned(server, tidied(server))('id_token', token)
    },
    health: () => worse(gate.health(), metadata.health()),
    async close() {
      await bounded.close()
      await metadata.close()
    },
  }
}

function partOf(url: string, { token_endpoint: token, userinfo_endpoint: userinfo }: ServerMetadata): Part {
  const is = (endpoint: string | undefined) => endpoint !== undefined && URL.parse(endpoint)?.href === url
  if (is(token)) return 'token'
  return is(userinfo) ? 'userinfo' : 'keys'
}
