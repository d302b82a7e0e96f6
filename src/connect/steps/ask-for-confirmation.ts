import type { Identity } from '../../login/port.ts'
import { minutes } from '../../shared/clock.ts'
import { replacedBy } from '../../store/connection.ts'
import { movesData } from '../../upload/progress.ts'
import { namesOf } from '../account-names.ts'
import { formTokenOf, isOpen } from '../attempt.ts'
import { go } from '../outcome.ts'
import { attemptOf, type ConnectDeps, type Step } from '../visit.ts'

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
  const names = namesOf(identity, await store.exchanges.latestOf(identity.crmAccountId))
  const isHeldElsewhere = await heldElsewhere(attempt.wazzupAccountId, identity, store)
  if (isHeldElsewhere) visit.facts['wazzupAccount'] = 'held_elsewhere'
  return {
    kind: 'review',
    review: {
      attemptId: attempt.id,
      csrfToken: formTokenOf(attempt, { browserSecret, replaces: replacedBy(existing) }),
      crmAccountName: names.shown,
      nameInWazzup: names.inWazzup === names.shown ? null : names.inWazzup,
      userName: identity.userName,
      wazzupAccountId: attempt.wazzupAccountId,
      isHeldElsewhere,
      busy,
      replaces: existing?.status === 'disconnected' ? null : existing,
      uploads: movesData(settings.uploadPlan),
      minutesLeft: Math.floor(attempt.expiresIn / minutes(1)),
    },
  }
}

/**
 * A user who may connect their own account learns a yes or no, and spends an attempt for it: who makes up states to ask for one
 * number after the other meets the limit of attempts, and the log.
 */
async function heldElsewhere(
  told: string | null,
  { crmAccountId }: Identity,
  { connections }: ConnectDeps['store'],
): Promise<boolean> {
  const holders = told === null ? [] : await connections.holders([told])
  return holders.some((holder) => holder.crmAccountId !== crmAccountId)
}
