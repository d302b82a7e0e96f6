import { digest, sameSecret } from '../../crypto/digest.ts'
import { go } from '../outcome.ts'
import { stateHashOf } from '../state.ts'
import type { Step } from '../visit.ts'

/** A reload or the back button: the same browser with the same state goes on where it was. */
export const resumeAttempt: Step = async (visit, { store }) => {
  const { request, state } = visit
  const { browser } = request
  if (state === null || browser.size === 0) return undefined
  const stateHash = stateHashOf(state)
  const known = await store.attempts.known([...browser.keys()])
  visit.own = known.filter(({ id, browserHash }) => sameSecret(browserHash, digest(browser.get(id) ?? '')))
  const same = visit.own.find(
    (attempt) => attempt.stateHash === stateHash && (attempt.expiresIn > 0 || attempt.status === 'confirmed'),
  )
  return same && go('attempt', same.id)
}
