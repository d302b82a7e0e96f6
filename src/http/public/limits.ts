import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Row } from '../../connect/flow.ts'
import type { Outcome } from '../../connect/outcome.ts'

/** How many requests are answered in `WINDOW` milliseconds, by this replica. */
export interface PublicLimits {
  /** That open an attempt, from one address; 0 = any number. */
  arrivals: number
  /** That lead nowhere, from one address: without a state, or for an attempt that is not this browser's. */
  refusals: number
  /** About one attempt. Its pages ask once a second, each tab by itself. */
  perAttempt: number
  /** New logins within one attempt. Each may bring an answer, and each answer asks the CRM's login. */
  loginRestarts: number
}

export const PUBLIC_LIMITS: Omit<PublicLimits, 'arrivals'> = {
  refusals: 300,
  perAttempt: 1200,
  loginRestarts: 20,
}

const WINDOW = 60_000

/** Seconds after which to ask again; null when the request may go on. */
type Wait = number | null

export interface Limits {
  before(row: Row, request: FastifyRequest): Promise<Wait>
  /** Counts how a request has ended. */
  after(request: FastifyRequest, outcome: Outcome): Promise<Wait>
}

/**
 * Many customers may share one address. So what counts against it is what a flood has and an install has not: requests
 * that lead nowhere, and arrivals far beyond what people do. Who has an attempt open goes on, whatever else comes from
 * there: its requests are counted by themselves.
 */
export async function createLimits(app: FastifyInstance, limits: PublicLimits): Promise<Limits> {
  await app.register(rateLimit, { global: false, timeWindow: WINDOW })
  const limit = (max: number, keyGenerator?: (request: FastifyRequest) => string) => {
    const count = app.createRateLimit({ max, timeWindow: WINDOW, ...(keyGenerator && { keyGenerator }) })
    return async (request: FastifyRequest): Promise<Wait> => {
      const counted = await count(request)
      return !counted.isAllowed && counted.isExceeded ? counted.ttlInSeconds : null
    }
  }
  const arrival = limits.arrivals > 0 ? limit(limits.arrivals) : async () => null
  const refusal = limit(limits.refusals)
  const attemptOf = (request: FastifyRequest) => attemptIn(request) ?? ''
  const ofAttempt = limit(limits.perAttempt, attemptOf)
  const loginRestart = limit(limits.loginRestarts, attemptOf)

  return {
    async before(row, request) {
      if (row === 'arrive') return arrival(request)
      if (attemptIn(request) === null) return null
      const wait = await ofAttempt(request)
      return wait ?? (asksForAnotherLogin(row, request) ? loginRestart(request) : null)
    },
    after: async (request, outcome) =>
      outcome.kind === 'refused' && NOWHERE.includes(outcome.problem) ? refusal(request) : null,
  }
}

const attemptIn = ({ params }: FastifyRequest) => (params as { id?: string }).id ?? null

const asksForAnotherLogin = (row: Row, { query }: FastifyRequest) =>
  row === 'attempt' && (query as { retry?: unknown }).retry !== undefined

/** A refusal that is ours, such as a login out of reach, is held against nobody. */
const NOWHERE: readonly string[] = [
  'bad_state',
  'other_module',
  'bad_request',
  'unknown_attempt',
  'forbidden',
]
