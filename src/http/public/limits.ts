import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Row } from '../../connect/flow.ts'
import type { Outcome } from '../../connect/outcome.ts'
import type { Request } from '../../connect/visit.ts'
import { digest } from '../../crypto/digest.ts'
import type { Monotonic } from '../../shared/clock.ts'
import { windowCounts } from '../window-counts.ts'
import { isNavigation } from './navigation.ts'

/** How many requests are answered in `WINDOW` milliseconds, by this replica. */
export interface PublicLimits {
  /** That open an attempt, from one address; 0 = any number. */
  arrivals: number
  /**
   * Answers of a login that are put aside, from one address, for each arrival that it may have. As many from scripts: a page
   * of anybody may have them post from the browsers of a whole office, and uses up nothing of what people send.
   */
  parkedPerArrival: number
  /** That lead nowhere, from one address: without a state, or for an attempt that is not this browser's. */
  refusals: number
  /** About one attempt. Its pages ask once a second, each tab by itself. */
  perAttempt: number
  /** New logins within one attempt. Each may bring an answer, and each answer asks the CRM's login. */
  loginRestarts: number
}

export const PUBLIC_LIMITS: Omit<PublicLimits, 'arrivals'> = {
  parkedPerArrival: 5,
  refusals: 300,
  perAttempt: 1200,
  loginRestarts: 20,
}

const WINDOW = 60_000

/** Seconds after which to ask again; null when the request may go on. */
type Wait = number | null

/** A request, and what the flow is going to read of it: a limit that read it by itself could be led to another reading. */
interface Counted {
  request: FastifyRequest
  visit: Request
}

export interface Limits {
  before(row: Row, counted: Counted): Promise<Wait>
  /** Counts how a request has ended. */
  after(request: FastifyRequest, outcome: Outcome): Promise<Wait>
}

/**
 * Many customers may share one address. So what counts against it is what a flood has and an install has not: requests
 * that lead nowhere, and arrivals far beyond what people do. Who has an attempt open goes on, whatever else comes from
 * there: its requests are counted by themselves.
 */
export async function createLimits(
  app: FastifyInstance,
  limits: PublicLimits,
  monotonic: Monotonic,
): Promise<Limits> {
  await app.register(rateLimit, { global: false, timeWindow: WINDOW, store: windowCounts(monotonic) })
  const owners = new WeakMap<FastifyRequest, string>()
  const limit = (max: number, keyGenerator?: (request: FastifyRequest) => string) => {
    const count = app.createRateLimit({ max, timeWindow: WINDOW, ...(keyGenerator && { keyGenerator }) })
    return async (request: FastifyRequest): Promise<Wait> => {
      const counted = await count(request)
      return !counted.isAllowed && counted.isExceeded ? counted.ttlInSeconds : null
    }
  }
  const ofAddress = (max: number) => (max > 0 ? limit(max) : async () => null)
  const arrival = ofAddress(limits.arrivals)
  const parking = ofAddress(limits.arrivals * limits.parkedPerArrival)
  const scriptParking = ofAddress(limits.arrivals * limits.parkedPerArrival)
  const refusal = limit(limits.refusals)
  const ofOwner = (request: FastifyRequest) => owners.get(request) ?? ''
  const ofAttempt = limit(limits.perAttempt, ofOwner)
  const loginRestart = limit(limits.loginRestarts, ofOwner)

  return {
    async before(row, { request, visit }) {
      if (row === 'arrive') return arrival(request)
      if (row === 'park') return isNavigation(request.headers) ? parking(request) : scriptParking(request)
      const owner = ownerOf(visit)
      if (owner === null) return null
      owners.set(request, owner)
      const wait = await ofAttempt(request)
      return wait ?? (row === 'attempt' && visit.again ? loginRestart(request) : null)
    },
    after: async (request, outcome) =>
      outcome.kind === 'refused' && NOWHERE.includes(outcome.problem) ? refusal(request) : null,
  }
}

/**
 * Whose allowance a request uses: that of the attempt together with the secret of its cookie, right or wrong. The id alone
 * proves nothing, since it stands in addresses and logs. Without the cookie a request leads nowhere, as with a wrong one.
 */
function ownerOf({ attemptId, browser }: Request): string | null {
  const secret = attemptId === null ? undefined : browser.get(attemptId)
  return secret === undefined ? null : digest(`${attemptId} ${secret}`)
}

/** A refusal that is ours, such as a login out of reach, is held against nobody. */
const NOWHERE: readonly string[] = [
  'bad_state',
  'other_module',
  'bad_request',
  'unknown_attempt',
  'forbidden',
]
