import type { Claims } from './claim-path.ts'
import { LoginRefused, type Refused } from './login-refused.ts'

/** One claim of a signed token, and what has to be true of it. */
export interface ClaimCheck {
  claim: string
  /** Why the claim does not do; null when it does. */
  flaw: (claims: Claims) => Refused | null
}

/**
 * As a login asks: the first flaw ends it.
 * @throws {LoginRefused}
 */
export function demand(checks: readonly ClaimCheck[], claims: Claims): void {
  for (const { flaw } of checks) {
    const refused = flaw(claims)
    if (refused) throw new LoginRefused(refused)
  }
}
