import { isOpen } from '../attempt.ts'
import { attemptOf, type Step } from '../visit.ts'

/**
 * The form says that the person was looking when they pressed: its script says so of a press that it counts, and without
 * scripts the person does. Otherwise the page comes back and nothing is spent. What has been agreed to already («Try
 * again», a second press) is not asked about.
 */
export const checkAware: Step = async (visit, { store }) => {
  const attempt = attemptOf(visit)
  if (visit.request.aware || !isOpen(attempt)) return undefined
  visit.facts['aware'] = false
  await store.attempts.tell(attempt.id, { step: 'asked_again', code: 'unaware' })
  return { kind: 'go', to: 'confirm', attemptId: attempt.id, note: 'unaware' }
}
