import { digest } from '../../crypto/digest.ts'
import type { Attempt, ClaimedExchange } from '../../store/port.ts'
import { namesOf } from '../account-names.ts'
import { isOpen } from '../attempt.ts'
import { newLease } from '../exchange.ts'
import { go } from '../outcome.ts'
import { attemptOf, type ConnectDeps, type Step, type Visit } from '../visit.ts'

/**
 * First commit: of all confirmations of this attempt, and of all attempts with this state, one gets the exchange.
 * The others are shown its result. Where another state of the account is on its way, or has changed what the person
 * agreed to, nothing is spent and the page asks again, at once.
 */
export const claimExchange: Step = async (visit, deps) => {
  const attempt = attemptOf(visit)
  visit.exchange = await (isOpen(attempt) ? claim : reclaim)(attempt, visit, deps)
  if (visit.exchange) return undefined
  const { claim: kind } = visit.facts
  if (kind !== 'busy' && kind !== 'changed') return go('result', attempt.id)
  await deps.store.attempts.tell(attempt.id, { step: 'asked_again', code: kind })
  return { kind: 'go', to: 'confirm', attemptId: attempt.id, note: kind }
}

async function claim(attempt: Attempt, visit: Visit, { store, random, settings, meter }: ConnectDeps) {
  const { identity, state } = attempt
  if (!identity || state === null) return null
  const crmKey = random(32)
  const result = await store.exchanges.claim({
    attemptId: attempt.id,
    state,
    name: namesOf(identity, await store.exchanges.latestOf(identity.crmAccountId)).inWazzup,
    crmKey,
    crmKeyHash: digest(crmKey),
    generationId: random(16),
    connectionId: random(16),
    address: visit.request.address,
    replaces: visit.replaces,
    ...newLease(random),
    grace: settings.crmKeyGrace,
  })
  visit.facts['claim'] = result.kind
  if (result.kind === 'claimed') meter.reached('confirmed')
  if (result.kind === 'elsewhere') meter.missed('confirmed', 'state_used_elsewhere')
  return result.kind === 'claimed' ? result.exchange : null
}

/** Wazzup was out of reach and the person presses «Try again»: the same bytes go out once more. */
async function reclaim(
  attempt: Attempt,
  visit: Visit,
  { store, random }: ConnectDeps,
): Promise<ClaimedExchange | null> {
  if (attempt.status !== 'confirmed' || attempt.expiresIn <= 0) return null
  visit.facts['claim'] = 'again'
  return store.exchanges.reclaim(attempt.stateHash, newLease(random))
}
