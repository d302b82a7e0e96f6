import { createRemoteJWKSet, customFetch, type JWSHeaderParameters, type JWTVerifyGetKey } from 'jose'
import type { Secret } from '../../config/secret.ts'
import { createGate } from '../../upstream/gate.ts'
import { minutes, seconds } from '../../shared/clock.ts'
import { createBoundedFetch } from '../bounded-fetch.ts'
import { worse } from '../worse-health.ts'
import { keepFresh } from '../keep-fresh.ts'
import { LoginRefused } from '../login-refused.ts'
import type { LoginDeps, LoginHealth } from '../port.ts'
import { readable } from '../readable-key-set.ts'
import type { HandoffSettings } from './settings.ts'

/** With what a hand-over may be signed: keys of one kind, and the algorithms of that kind only. */
export interface Keys {
  algorithms: string[]
  find: JWTVerifyGetKey
  health: () => LoginHealth
  close: () => Promise<void>
}

/** The keys that the settings name: a secret or a key set, of which a rule of the settings allows only one. */
export function createKeys(settings: HandoffSettings, deps: LoginDeps): Keys {
  const { HANDOFF_SECRET: secret, HANDOFF_JWKS_URL: jwksUrl } = settings
  if (jwksUrl) return keySet(jwksUrl, deps)
  if (secret) return sharedSecret(secret)
  throw new Error('the settings of the hand-over name no key')
}

function sharedSecret(secret: Secret): Keys {
  const key = new TextEncoder().encode(secret.reveal())
  return {
    algorithms: ['HS256'],
    async find(header) {
      refuseKeyIn(header)
      return key
    },
    health: () => ({
      ok: true,
      detail: 'hand-overs have to be signed with HANDOFF_SECRET; whether yours are shows at the first login',
    }),
    close: async () => undefined,
  }
}

function keySet(url: URL, { allowHttpLoopback, monotonic }: LoginDeps): Keys {
  const gate = createGate(monotonic)
  const bounded = createBoundedFetch({ allowHttpLoopback, gate })
  const keys = createRemoteJWKSet(url, {
    [customFetch]: bounded.fetch,
    // A key that nobody has seen asks for the set again, but not more often than this.
    cooldownDuration: seconds(10),
  })
  const fresh = keepFresh({
    load: () => readable(keys.reload()),
    peer: "the CRM's key set",
    every: minutes(5),
  })
  return {
    algorithms: ['RS256', 'ES256', 'EdDSA'],
    async find(header, token) {
      refuseKeyIn(header)
      return readable(keys(header, token))
    },
    health: () => worse(gate.health(), fresh.health()),
    async close() {
      await bounded.close()
      await fresh.close()
    },
  }
}

const naming = ['jwk', 'jku', 'x5c', 'x5u'] as const

/** A token must not bring its own key along. These would be ignored, but nobody honest sends them. */
function refuseKeyIn(header: JWSHeaderParameters): void {
  if (naming.some((name) => name in header)) throw new LoginRefused('token_names_its_key')
}
