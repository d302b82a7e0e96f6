import type { ClaimFacts } from './claim-facts.ts'
import { claimList as handoffClaims } from './handoff/claim-list.ts'
import { handoff } from './handoff/index.ts'
import { claimList as oidcClaims } from './oidc/claim-list.ts'
import { oidc } from './oidc/index.ts'
import type { LoginEngine } from './port.ts'

/** Every login method there is. A new one is a folder beside these and a place in these lists. */
export const loginEngines: readonly LoginEngine[] = [oidc, handoff]

/** What the documents say of the claims that each method reads. */
export const loginClaims: readonly { login: string; claims: readonly ClaimFacts[] }[] = [
  { login: oidc.name, claims: oidcClaims },
  { login: handoff.name, claims: handoffClaims },
]
