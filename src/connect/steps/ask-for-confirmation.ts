import { minutes } from '../../shared/clock.ts'
import { csrfTokenOf, isOpen } from '../attempt.ts'
import { go, refuse, type Step } from '../visit.ts'

/**
 * The consent page: the only defence against a link that somebody else planted, so it is never skipped. It says whose
 * data would go where, and what is only told by the link.
 */
export const askForConfirmation: Step = async (visit, { store, settings }) => {
  const { attempt, browserSecret, now } = visit
  if (!attempt) return refuse('unknown_attempt')
  const { identity } = attempt
  if (attempt.status !== 'identified' || !identity || !isOpen(attempt, now)) return go('attempt', attempt.id)
  const existing = await store.connections.find(identity.crmAccountId)
  return {
    kind: 'review',
    review: {
      attemptId: attempt.id,
      csrfToken: csrfTokenOf(attempt, browserSecret),
      crmAccountName: identity.crmAccountName,
      userName: identity.userName,
      role: identity.role,
      wazzupAccountId: attempt.wazzupAccountId,
      replaces: existing?.status === 'disconnected' ? null : existing,
      uploads: settings.sends.data,
      minutesLeft: Math.max(1, Math.floor((attempt.expiresAt.getTime() - now.getTime()) / minutes(1))),
    },
  }
}
