import { createSecretKey } from 'node:crypto'
import { createRemoteJWKSet, customFetch, type CompactVerifyGetKey } from 'jose'
import type { Secret } from '../../config/secret.ts'
import { createGate } from '../../upstream/gate.ts'
import { minutes, seconds } from '../../shared/clock.ts'
import { createBoundedFetch } from '../bounded-fetch.ts'
import type { Claims } from '../claim-path.ts'
import { worse } from '../worse-health.ts'
import { keepFresh } from '../keep-fresh.ts'
import { LoginRefused } from '../login-refused.ts'
import type { LoginDeps, LoginHealth } from '../port.ts'
import { readable } from '../readable-key-set.ts'
import { signedClaims } from '../signed-claims.ts'
import type { HandoffSettings } from './settings.ts'

/** With what a hand-over may be signed: keys of one kind, and the algorithms of that kind only. */
export interface Keys {
  /**
   * The claims of a token that one of the keys has signed.
   * @throws {LoginRefused} PeerUnavailable when the keys cannot be had
   */
  claimsOf: (token: string) => Promise<Claims>
  health: () => LoginHealth
  close: () => Promise<void>
}

/** The keys that the settings name: a secret or a key set, of which a rule of the settings allows only one. */
export function createKeys(settings: HandoffSettings, deps: LoginDeps): Keys {
  const { HANDOFF_SECRET: secret, HANDOFF_JWKS_URL: jwksUrl, HANDOFF_SECRET_PREVIOUS: previous } = settings
  if (jwksUrl) return keySet(jwksUrl, deps)
  if (secret) return sharedSecrets(previous ? [secret, previous] : [secret])
  throw new Error('the settings of the hand-over name no key')
}

/** The first is the one of now; with another the CRM may still sign while it changes over. */
function sharedSecrets(secrets: readonly [Secret, ...Secret[]]): Keys {
  // Bytes would be made a key for each token.
  const keys = secrets.map((secret) => createSecretKey(secret.reveal(), 'utf8'))
  return {
    async claimsOf(token) {
      const tries = await Promise.allSettled(
        keys.map((key) =>
          signedClaims('token', token, { algorithms: ['HS256'], find: trusting(async () => key) }),
        ),
      )
      const good = tries.find((tried) => tried.status === 'fulfilled')
      if (good) return good.value
      throw tries.find((tried) => tried.status === 'rejected')?.reason
    },
    health: () => ({
      ok: true,
      detail: 'hand-overs have to be signed with HANDOFF_SECRET; whether yours are shows at the first login',
    }),
    close: async () => undefined,
  }
}

function keySet(url: URL, { allowHttpLoopback, wayOut, monotonic }: LoginDeps): Keys {
  const gate = createGate(monotonic)
  const bounded = createBoundedFetch({ allowHttpLoopback, wayOut, gate })
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
  const find = trusting((header, token) => readable(keys(header, token)))
  return {
    claimsOf: (token) => signedClaims('token', token, { find, algorithms: ['RS256', 'ES256', 'EdDSA'] }),
    health: () => worse(gate.health(), fresh.health()),
    async close() {
      await bounded.close()
      await fresh.close()
    },
  }
}

const naming = ['jwk', 'jku', 'x5c', 'x5u'] as const

/** A token must not bring its own key along. These would be ignored, but nobody honest sends them. */
const trusting =
  (find: CompactVerifyGetKey): CompactVerifyGetKey =>
  (header, token) => {
    if (naming.some((name) => name in header)) throw new LoginRefused('token_names_its_key')
    return find(header, token)
  }
