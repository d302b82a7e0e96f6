import {
  allowInsecureRequests,
  ClientSecretBasic,
  ClientSecretPost,
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

export function createIssuer(settings: OidcSettings, { allowHttpLoopback, clock }: LoginDeps): Issuer {
  const gate = createGate(clock)
  const outward = createBoundedFetch({ allowHttpLoopback, gate })
  const execute: ((config: Configuration) => void)[] = allowHttpLoopback ? [allowInsecureRequests] : []
  const metadata = keepFresh({ load: discover, peer: 'the OpenID issuer', every: minutes(10) })

  async function discover(): Promise<ServerMetadata> {
    const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId } = settings
    const options = { [customFetch]: outward.fetch, execute }
    const found = (await discovery(issuer, clientId, undefined, undefined, options)).serverMetadata()
    if (needed.some((endpoint) => !isAllowed(String(found[endpoint]), allowHttpLoopback))) {
      throw new PeerUnavailable('issuer_metadata_unusable')
    }
    return found
  }

  function configure(server: ServerMetadata): Configuration {
    const skew = Math.round((clock().getTime() - Date.now()) / 1000)
    const client = { [clockSkew]: skew, [clockTolerance]: TOLERANCE }
    const config = new Configuration(
      server,
      settings.OIDC_CLIENT_ID,
      client,
      authentication(server, settings),
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

/** The protocol's default, unless the issuer says that it takes the other way only. */
function authentication(server: ServerMetadata, { OIDC_CLIENT_SECRET: secret }: OidcSettings) {
  const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
  return methods.includes('client_secret_basic')
    ? ClientSecretBasic(secret.reveal())
    : ClientSecretPost(secret.reveal())
}
