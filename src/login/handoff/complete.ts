import { identify } from '../identify.ts'
import { refusal } from '../login-refused.ts'
import { outcomeOf } from '../outcome-of.ts'
import type { LoginAnswer, LoginOutcome } from '../port.ts'
import { claimNames } from './claim-names.ts'
import type { HandoffParts } from './parts.ts'
import { tokenIn } from './token.ts'
import { verify, type VerifiedHandoff } from './verify.ts'

/** Checks the CRM's token, and only when nothing else is wrong with it uses it up, for all replicas. */
export async function complete(answer: LoginAnswer, parts: HandoffParts): Promise<LoginOutcome> {
  const token = tokenIn(answer.params)
  if (token === null) return refusal('token_missing')
  let handoff: VerifiedHandoff
  try {
    handoff = await verify(token, answer.remembered, parts)
  } catch (error) {
    return outcomeOf(error)
  }
  const outcome = identify(handoff.claims, claimNames, parts.settings.HANDOFF_ALLOWED_ROLES)
  if (outcome.kind !== 'identified') return outcome
  const first = await parts.deps.claimOnce(`handoff:${handoff.jti}`, handoff.staleIn)
  return first ? outcome : refusal('token_used_before')
}
