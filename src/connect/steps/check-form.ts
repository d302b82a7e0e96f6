import { sameSecret } from '../../crypto/digest.ts'
import { csrfTokenOf } from '../attempt.ts'
import { refuse, type Step } from '../visit.ts'

/** The form must come from a page that this browser was shown for this attempt and this user. Nothing is spent. */
export const checkForm: Step = async ({ attempt, browserSecret, request }) => {
  if (!attempt) return refuse('unknown_attempt')
  const genuine =
    request.csrfToken !== null && sameSecret(request.csrfToken, csrfTokenOf(attempt, browserSecret))
  return genuine ? undefined : refuse('forbidden', attempt.id)
}
