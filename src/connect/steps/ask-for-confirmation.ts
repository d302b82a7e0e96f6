import { minutes } from '../../shared/clock.ts'
import { replacedBy } from '../../store/connection.ts'
import { movesData } from '../../upload/progress.ts'
import { formTokenOf, isOpen } from '../attempt.ts'
import { go } from '../outcome.ts'
import { attemptOf, type Step } from '../visit.ts'

/**
 * The consent page: the only defence against a link that somebody else planted, so it is never skipped. It says whose
 * data would go where, and what is only told by the link.
 */
export const askForConfirmation: Step = async (visit, { store, settings }) => {
  const { browserSecret } = visit
  const attempt = attemptOf(visit)
  const { identity } = attempt
  if (attempt.status !== 'identified' || !identity || !isOpen(attempt)) return go('attempt', attempt.id)
  // Looked at first: what has ended since is then seen as the connection that it made.
  const busy = await store.exchanges.isSendingAnother(attempt.id)
  const existing = await store.connections.find(identity.crmAccountId)
  return {
    kind: 'review',
    review: {
      attemptId: attempt.id,
      csrfToken: formTokenOf(attempt, { browserSecret, replaces: replacedBy(existing) }),
      crmAccountName: identity.crmAccountName,
      userName: identity.userName,
      role: identity.role,
      wazzupAccountId: attempt.wazzupAccountId,
      busy,
      replaces: existing?.status === 'disconnected' ? null : existing,
      uploads: movesData(settings.uploadPlan),
      minutesLeft: Math.floor(attempt.expiresIn / minutes(1)),
    },
  }
}
