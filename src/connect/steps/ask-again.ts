import { attemptOf, type Step } from '../visit.ts'

/**
 * A form that our own page was shown with came in a way in which only others send. WebKit sends a form so when it is
 * reloaded after an answer that was a proxy's. The person is asked again; nothing is spent.
 */
export const askAgain: Step = async (visit) => ({
  kind: 'go',
  to: 'confirm',
  attemptId: attemptOf(visit).id,
})
