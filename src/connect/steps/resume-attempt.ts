import { digest, sameSecret } from '../../crypto/digest.ts'
import { go } from '../outcome.ts'
import { stateHashOf } from '../state.ts'
import type { Step } from '../visit.ts'

/** More attempts than a person has tabs are not looked at: each costs a look-up. */
const MOST = 10

/** A reload or the back button: the same browser with the same state goes on where it was. */
export const resumeAttempt: Step = async ({ request, state }, { store }) => {
  if (state === null) return undefined
  const stateHash = stateHashOf(state)
  for (const [id, secret] of [...request.browser].slice(-MOST)) {
    const attempt = await store.attempts.find(id)
    const mine = attempt?.stateHash === stateHash && sameSecret(attempt.browserHash, digest(secret))
    if (mine && (attempt.expiresIn > 0 || attempt.status === 'confirmed')) return go('attempt', id)
  }
  return undefined
}
