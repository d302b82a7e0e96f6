import {
  allowInsecureRequests,
  clockSkew,
  clockTolerance,
  Configuration,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  type ServerMetadata,
} from 'openid-client'
import { createGate } from '../../outward/gate.ts'
import { minutes } from '../../shared/clock.ts'
import { createBoundedFetch, isAllowed, PeerUnavailable } from '../bounded-fetch.ts'
import { keepFresh } from '../keep-fresh.ts'
import { firstUnwell } from '../first-unwell.ts'
import type { LoginDeps, LoginHealth } from '../port.ts'
import { TOLERANCE } from '../tolerance.ts'
import { chooseClientAuth, clientAuthOf, createTeller } from './client-auth.ts'
import type { OidcSettings } from './settings.ts'

/** The CRM's OpenID provider, as far as it is known. */
export interface Issuer {
  /**
   * For one leg of one login: logins are rare, so each asks for the issuer's keys itself and a rotation of them
   * refuses nobody.
   * @throws when the issuer has never been reached and is not now
   */
  configuration(): Promise<Configuration>
  health: () => LoginHealth
  close: () => Promise<void>
}

const needed = ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const

export function createIssuer(settings: OidcSettings, { allowHttpLoopback, clock, log }: LoginDeps): Issuer {
  const gate = createGate(clock)
  const outward = createBoundedFetch({ allowHttpLoopback, gate })
  const execute: ((config: Configuration) => void)[] = allowHttpLoopback ? [allowInsecureRequests] : []
  const metadata = keepFresh({ load: discover, peer: 'the OpenID issuer', every: minutes(10) })
  const tell = createTeller(log)

  async function discover(): Promise<ServerMetadata> {
    const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId } = settings
    const options = { [customFetch]: outward.fetch, execute }
    const found = (await discovery(issuer, clientId, undefined, undefined, options)).serverMetadata()
    if (needed.some((endpoint) => !isAllowed(String(found[endpoint]), allowHttpLoopback))) {
      throw new PeerUnavailable('issuer_metadata_unusable')
    }
    tell(chooseClientAuth(found, settings))
    return found
  }

  function configure(server: ServerMetadata): Configuration {
    const skew = Math.round((clock().getTime() - Date.now()) / 1000)
    const client = { [clockSkew]: skew, [clockTolerance]: TOLERANCE }
    const config = new Configuration(
      server,
      settings.OIDC_CLIENT_ID,
      client,
      clientAuthOf(chooseClientAuth(server, settings).method, settings.OIDC_CLIENT_SECRET.reveal()),
    )
    config[customFetch] = outward.fetch
    // Else the library trusts an ID token for having come over TLS, and does not look at its signature.
    for (const extend of [enableNonRepudiationChecks, ...execute]) extend(config)
    return config
  }

  return {
    configuration: async () => configure(await metadata.get()),
    health: () => firstUnwell(gate.health(), metadata.health()),
    async close() {
      await outward.close()
      await metadata.close()
    },
  }
}
