import { randomBytes, randomUUID } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'

/** Who pressed "Connect", in which Wazzup account, for which module. */
export interface StateClaims {
  userId: string
  accountId: string
  crmCode: string
}

export interface StateMint {
  mint(claims: StateClaims, life: 'ten-minutes' | 'forever'): Promise<string>
  /** What a state says; null when this mint did not make it, when it was changed, or has expired. */
  read(state: string): Promise<StateClaims | null>
}

/** Signs states with a key that nobody else has, as Wazzup does. */
export function createStateMint(now: () => Date): StateMint {
  const key = randomBytes(32)
  return {
    async mint({ userId, accountId, crmCode }, life) {
      const issuedAt = now()
      // The jti makes two clicks within one second two different states.
      const state = new SignJWT({ userId, accountId, crmCode, jti: randomUUID() })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setIssuedAt(issuedAt)
      if (life === 'ten-minutes') state.setExpirationTime(new Date(issuedAt.getTime() + 600_000))
      return state.sign(key)
    },
    async read(state) {
      try {
        const { payload } = await jwtVerify<StateClaims>(state, key, {
          algorithms: ['HS256'],
          currentDate: now(),
        })
        return payload
      } catch {
        return null
      }
    },
  }
}
