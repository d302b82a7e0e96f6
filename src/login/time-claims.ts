import type { ClaimCheck } from './claim-check.ts'
import { isAbsent, type Claims } from './claim-path.ts'
import { refusal, type Refused } from './login-refused.ts'
import { TOLERANCE } from './tolerance.ts'

interface Times {
  /** Whose claims they are. */
  signed: 'token' | 'id_token'
  now: Date
  /** Seconds after its `iat` for which the token is taken. */
  oldest: number
}

/** When a token is valid: the claims of RFC 7519, 4.1.4 to 4.1.6. Its `nbf` is the only one that may be left out. */
export function timeClaims({ signed, now, oldest }: Times): ClaimCheck[] {
  const second = Math.floor(now.getTime() / 1000)

  const check = (claim: string, judge: (ahead: number) => Refused | null): ClaimCheck => ({
    claim,
    flaw(claims: Claims) {
      const said = claims[claim]
      if (isAbsent(said)) return claim === 'nbf' ? null : refusal(`${signed}_claim_missing`, { claim })
      return typeof said === 'number' ? judge(said - second) : refusal(`${signed}_claim_malformed`, { claim })
    },
  })

  const seconds = (ahead: number) => ({ seconds: Math.abs(Math.round(ahead)) })
  return [
    check('exp', (ahead) => (ahead <= -TOLERANCE ? refusal(`${signed}_expired`, seconds(ahead)) : null)),
    check('nbf', (ahead) => (ahead > TOLERANCE ? refusal(`${signed}_not_yet_valid`, seconds(ahead)) : null)),
    check('iat', (ahead) => {
      if (ahead > TOLERANCE) return refusal(`${signed}_from_future`, seconds(ahead))
      return ahead < -oldest ? refusal(`${signed}_too_old`, seconds(ahead)) : null
    }),
  ]
}
