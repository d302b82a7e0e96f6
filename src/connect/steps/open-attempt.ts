import { digest } from '../../crypto/digest.ts'
import { ATTEMPT_LIFE } from '../attempt.ts'
import { StoreUnavailable } from '../../store/errors.ts'
import { claimsOf, stateHashOf } from '../state.ts'
import { refuse } from '../outcome.ts'
import type { Step, Visit } from '../visit.ts'

/** Attempts of which a browser keeps the cookie: more than a person has tabs. */
const KEPT = 10

/** Cookies that one answer takes back. Each is a line of its head, of which proxies take 4 KiB by default. */
const TAKEN_BACK = 25

/** Opens an attempt and binds it to this browser by a secret that only its cookie holds. */
export const openAttempt: Step = async (visit, { store, random, settings, meter, wasPaused }) => {
  const { state } = visit
  if (state === null) return refuse('bad_state')
  const id = random(16)
  const browserSecret = random(32)
  const attempt = {
    id,
    state,
    stateHash: stateHashOf(state),
    browserHash: digest(browserSecret),
    wazzupAccountId: claimsOf(state).wazzupAccountId,
    life: ATTEMPT_LIFE,
  }
  const opened = await store.attempts.open(attempt, settings.unfinishedAttempts).catch((error: unknown) => {
    if (error instanceof StoreUnavailable && wasPaused()) return 'paused' as const
    throw error
  })
  if (opened !== 'opened') {
    const problem = opened === 'paused' ? 'installs_paused' : 'overloaded'
    meter.missed('arrived', problem)
    return refuse(problem)
  }
  meter.reached('arrived')
  return { kind: 'opened', attemptId: id, browserSecret, outlived: outlivedIn(visit) }
}

/**
 * The attempts whose cookies make room: a browser has few places for those of a whole site, and little room in its requests,
 * both of which a stranger's page could fill. First those that nobody knows, last those in which somebody has logged in.
 */
function outlivedIn({ request: { browser }, own }: Visit): string[] {
  const ofNobody = own.filter(({ hasUser }) => !hasUser)
  const ofUsers = own.filter(({ hasUser }) => hasUser)
  const known = [...ofNobody, ...ofUsers].map(({ id }) => id)
  const unknown = [...browser.keys()].filter((id) => !known.includes(id))
  const tooMany = Math.max(browser.size + 1 - KEPT, 0)
  return [...unknown, ...known].slice(0, Math.min(tooMany, TAKEN_BACK))
}
