import { hours, minutes } from './clock.ts'
import type { Random } from './random.ts'
import { hashOf, SYMBOLS, supportIdOf, written } from './support-id.ts'

/**
 * The support id of a page that is about no attempt says by itself what was wrong, and when: nothing is kept of such a request,
 * as anybody can send any number, and the database may be what is wrong. A number stays with its problem for good.
 */
const NUMBERS = {
  bad_state: 0,
  other_module: 1,
  unknown_attempt: 2,
  not_found: 3,
  method_not_allowed: 4,
  forbidden: 5,
  body_too_large: 6,
  unsupported_type: 7,
  bad_request: 8,
  login_unavailable: 9,
  login_misconfigured: 10,
  storage_unavailable: 11,
  overloaded: 12,
  too_many_requests: 13,
  internal: 14,
  headers_too_large: 15,
  installs_paused: 16,
} as const

export type RequestProblem = keyof typeof NUMBERS

/** What an id of a page without an attempt says. */
export interface RefusedRequest {
  problem: RequestProblem
  /** To the minute. */
  at: Date
}

/** Forty bits: five for a problem, then a minute, some that tell requests of one minute apart, and a check against mistakes in writing. */
const [MINUTES, APART, CHECKS] = [2 ** 22, 2 ** 5, 2 ** 8]

const EPOCH = Date.UTC(2026, 0, 1)

/** Older ones are as unknown as the log lines that they would lead to. */
const ANSWERED_FOR = hours(24 * 90)

/** Clocks of replicas differ a little. */
const AHEAD = minutes(5)

/** Names a request, and when it came: see `supportIdOfRequest`. */
export const requestIdAt = (now: Date, random: Random): string =>
  `${now.getTime().toString(36)}-${random(16)}`

/** Which support id a page shows: that of its attempt, or else one of the request (see `requestIdAt`). */
export const supportIdFor = (
  attemptId: string | null,
  refused: { requestId: string; problem: RequestProblem },
): string => (attemptId === null ? supportIdOfRequest(refused) : supportIdOf(attemptId))

function supportIdOfRequest({ requestId, problem }: { requestId: string; problem: RequestProblem }): string {
  const came = Number.parseInt(requestId, 36) || EPOCH
  const minute = remainder(Math.floor((came - EPOCH) / minutes(1)), MINUTES)
  const apart = Number.parseInt(hashOf(requestId).slice(0, 2), 16) % APART
  const said = (NUMBERS[problem] * MINUTES + minute) * APART + apart
  return written(symbolsOf(said * CHECKS + checkOf(said)))
}

/** What a support id says by itself; null for that of an attempt, and for one that was written down wrongly. */
export function readRequestId(supportId: string, now: Date): RefusedRequest | null {
  const value = Array.from(supportId.replaceAll(/^WA|-/g, '')).reduce(
    (sum, symbol) => sum * SYMBOLS.length + SYMBOLS.indexOf(symbol),
    0,
  )
  const said = Math.floor(value / CHECKS)
  const number = Math.floor(said / APART / MINUTES)
  const problem = (Object.keys(NUMBERS) as RequestProblem[]).find((one) => NUMBERS[one] === number)
  if (problem === undefined || value % CHECKS !== checkOf(said)) return null
  const latest = Math.floor((now.getTime() + AHEAD - EPOCH) / minutes(1))
  const ago = remainder(latest - (Math.floor(said / APART) % MINUTES), MINUTES) * minutes(1)
  if (ago > ANSWERED_FOR) return null
  return { problem, at: new Date(EPOCH + latest * minutes(1) - ago) }
}

/** Not below 0. */
const remainder = (value: number, by: number) => ((value % by) + by) % by

const checkOf = (said: number) => Number.parseInt(hashOf(String(said)).slice(0, 2), 16)

function symbolsOf(value: number): string {
  const symbols = Array.from(
    { length: 8 },
    (_, place) => Math.floor(value / SYMBOLS.length ** (7 - place)) % SYMBOLS.length,
  )
  return symbols.map((symbol) => SYMBOLS[symbol]).join('')
}
