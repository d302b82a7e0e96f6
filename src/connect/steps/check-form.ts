import { sameSecret } from '../../crypto/digest.ts'
import { formTokenOf } from '../attempt.ts'
import { refuse } from '../outcome.ts'
import { attemptOf, type Step } from '../visit.ts'

/** The form must come from a page that this browser was shown for this attempt and this user. Nothing is spent. */
export const checkForm: Step = async (visit, { store }) => {
  const attempt = attemptOf(visit)
  const { browserSecret } = visit
  const { formToken } = visit.request
  const replaces = formToken?.split('.')[0] ?? ''
  const genuine =
    formToken !== null && sameSecret(formToken, formTokenOf(attempt, { browserSecret, replaces }))
  if (!genuine) {
    await store.attempts.tell(attempt.id, { step: 'forbidden' })
    return refuse('forbidden', attempt.id)
  }
  visit.replaces = replaces
  return undefined
}
