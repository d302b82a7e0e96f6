import { digest } from '../crypto/digest.ts'
import { backoff, type Jitter } from '../shared/backoff.ts'
import { minutes } from '../shared/clock.ts'
import type { Clock } from '../shared/clock.ts'
import type { Random } from '../shared/random.ts'
import type { Store, SwitchOff } from '../store/port.ts'
import { openApiKey } from './open-api-key.ts'
import { switchOff, type HeldBack, type SwitchedOff, type SwitchOffDeps } from './switch-off.ts'

export interface SwitchOffLaterDeps extends SwitchOffDeps {
  store: Pick<Store, 'switchOffs' | 'uploads'>
  clock: Clock
  random: Random
  jitter: Jitter
}

/** Of both requests of a try for which nobody waits: Wazzup calls the address meanwhile, and waits up to 30 s for it. */
export const DEADLINE = minutes(1)

/** Far longer than a try, or than a step of an upload: what a crash left behind is tried again then. */
export const LEASE = minutes(2)

/**
 * Tries to switch off the webhooks that have been due for it the longest.
 * @returns whether there were any; the caller then asks again at once. Milliseconds when nothing is let through to Wazzup for
 *   so long
 */
export async function switchOffOne(deps: SwitchOffLaterDeps): Promise<boolean | number> {
  const taken = await deps.store.switchOffs.claimDue({ runner: deps.random(16), lease: LEASE })
  if (!taken) return false
  const outcome = await tryTaken(taken, deps, DEADLINE)
  return typeof outcome === 'string' || outcome.heldBack
}

/** One try. What cannot be done now is tried again, for a day; then its key is erased. */
export async function tryTaken(
  taken: SwitchOff,
  deps: SwitchOffLaterDeps,
  deadline: number,
): Promise<SwitchedOff | HeldBack> {
  const { generationId, crmAccountId, wazzupAccountId, cause } = taken
  const named = {
    ...deps,
    log: deps.log.child({ generationId, crmAccountId, wazzupAccountId, cause }),
  }
  const outcome = await tryOnce(taken, named, deadline)
  await conclude(taken, outcome, named)
  return outcome
}

async function tryOnce(
  taken: SwitchOff,
  deps: SwitchOffLaterDeps,
  deadline: number,
): Promise<SwitchedOff | HeldBack> {
  const { store, webhooksUrl, clock, log } = deps
  let apiKey
  try {
    apiKey = openApiKey(taken, log)
  } catch (err) {
    // Another replica has the key that it is sealed with.
    log.error({ event: 'keys.switch_off_failed', step: 'open', err })
    return 'failed'
  }
  if (apiKey === null) return 'refused'
  // Whose the address is that stands there, only an operator may know.
  if (!webhooksUrl && taken.cause !== 'disconnected') return 'left_to_their_owner'
  const apiKeyHash = digest(apiKey)
  const users = () => store.switchOffs.usersOf(taken.wazzupAccountId, apiKeyHash)
  const isFree = (await users()).length === 0
  if (!isFree && taken.tries <= 1) return 'left_to_their_owner'
  const outcome = isFree ? await switchOff(apiKey, deps, deadline) : 'left_to_their_owner'
  // A customer who has connected meanwhile has had the webhooks switched off by us, now or in a try whose end nobody knows.
  for (const account of webhooksUrl ? await users() : []) {
    await store.uploads.start(account, ['webhooks'], clock())
    log.info({ event: 'keys.switched_on_again', forCrmAccountId: account })
  }
  return outcome
}

/** A handler that is away for hours is not tried all the time: each try calls its address. */
const LONGEST = minutes(30)

async function conclude(
  taken: SwitchOff,
  outcome: SwitchedOff | HeldBack,
  { store: { switchOffs }, jitter, log }: SwitchOffLaterDeps,
) {
  if (outcome === 'off') log.info({ event: 'keys.switched_off' })
  // An upload that was under way is over when its lease is, which is as long.
  const isOpen = outcome === 'failed' || typeof outcome !== 'string'
  const isTriedAgain = taken.tries === 0 ? outcome !== 'refused' : isOpen && !taken.isLast
  if (isTriedAgain) {
    const pause = typeof outcome === 'string' ? backoff(taken.tries, jitter, LONGEST) : outcome.heldBack
    await switchOffs.postpone(taken, taken.tries === 0 ? LEASE : pause)
    return
  }
  if ((await switchOffs.end(taken)) && isOpen)
    log.warn({ event: 'keys.switch_off_given_up', tries: taken.tries })
}
