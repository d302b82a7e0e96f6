import type { Attempt, Exchange, Store } from '../../store/port.ts'
import { progressOf, shownSteps, type Planned, type UploadProgress } from '../../upload/progress.ts'
import { formTokenOf, isExpired, isOpen, mayLogInAgain, type Standing } from '../attempt.ts'
import type { PendingReason, Result } from '../outcome.ts'
import { supportIdOf } from '../../shared/support-id.ts'
import { attemptOf, type Step } from '../visit.ts'

/** The stored outcome, as often as anyone asks. */
export const readResult: Step = async (visit, { store, settings }) => {
  const { browserSecret } = visit
  const attempt = attemptOf(visit)
  const exchange = attempt.status === 'confirmed' ? await store.exchanges.find(attempt.stateHash) : null
  return {
    kind: 'result',
    attemptId: attempt.id,
    result: {
      ...common(attempt),
      ...toldOf({ attempt, exchange }),
      upload: exchange?.upload ? await uploadOf(exchange, { store, plan: settings.uploadPlan }) : null,
    },
    csrfToken: formTokenOf(attempt, { browserSecret, replaces: '' }),
    waitsForPerson: isOpen(attempt),
  }
}

async function uploadOf(
  { generationId }: Exchange,
  { store, plan }: { store: Store; plan: readonly Planned[] },
): Promise<UploadProgress | null> {
  const upload = await store.uploads.ofGeneration(generationId)
  return upload && progressOf({ ...upload, steps: shownSteps(upload, plan) })
}

const common = (attempt: Attempt) => ({
  supportId: supportIdOf(attempt.id),
  crmAccountName: attempt.identity?.crmAccountName ?? null,
})

type Told = Pick<Result, 'status' | 'reason' | 'retry' | 'retryAfter'>

const NOTHING_ELSE = { reason: null, retry: null, retryAfter: null }

/** What an attempt has come to, by its exchange once there is one. */
export const toldOf = ({ attempt, exchange }: { attempt: Standing; exchange: Exchange | null }): Told =>
  exchange ? ofExchange(exchange, attempt) : ofAttempt(attempt)

function ofAttempt(attempt: Standing): Told {
  if (isExpired(attempt)) return { ...NOTHING_ELSE, status: 'expired' }
  if (attempt.status !== 'failed' && attempt.status !== 'cancelled')
    return { ...NOTHING_ELSE, status: 'pending' }
  const retry = mayLogInAgain(attempt) ? 'login' : null
  if (attempt.status === 'cancelled') return { ...NOTHING_ELSE, status: 'cancelled', retry }
  return { ...NOTHING_ELSE, status: 'failed', reason: attempt.reason, retry }
}

const SECOND = 1000
const POLL = 2

function pendingReason({ maybeAnswered, isWaitedOut }: Exchange): PendingReason | null {
  if (maybeAnswered) return 'outcome_unknown'
  return isWaitedOut ? 'wazzup_busy' : null
}

function ofExchange(exchange: Exchange, attempt: Standing): Told {
  const { status, reason } = exchange
  if (status === 'connected') return { ...NOTHING_ELSE, status }
  if (status === 'pending')
    return { ...NOTHING_ELSE, status, reason: pendingReason(exchange), retryAfter: POLL }
  if (reason !== 'wazzup_unavailable') return { ...NOTHING_ELSE, status, reason }
  const inTime = attempt.expiresIn > Math.max(exchange.dueIn, 0)
  if (!exchange.sendable || !inTime) return { ...NOTHING_ELSE, status, reason }
  const retryAfter = Math.max(1, Math.ceil(exchange.dueIn / SECOND))
  return { ...NOTHING_ELSE, status, reason, retry: 'confirm', retryAfter }
}
