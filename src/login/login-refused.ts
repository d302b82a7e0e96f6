import { AppError } from '../shared/app-error.ts'
import { printable } from '../shared/printable.ts'
import { FAILURES, type FailureCode } from './failures.ts'
import type { LoginFailure } from './port.ts'

/**
 * What a sentence of the table is filled in with. What comes from outside is named only where it can be neither secret nor
 * about a person: an issuer, an audience, an algorithm, a key id, a time; never a user, a name, a token or a code.
 */
export interface Facts {
  claim?: string
  /** What is wrong with a claim, without a word of what it says. */
  why?: string
  found?: unknown
  expected?: unknown
  seconds?: number
  status?: number
}

export type Refused = Extract<LoginFailure, { kind: 'refused' }>

/** A check refused the answer of a login. */
export class LoginRefused extends AppError {
  /** In the words of the port. */
  readonly outcome: Refused

  constructor(why: FailureCode | Refused, facts: Facts = {}) {
    const outcome = typeof why === 'string' ? refusal(why, facts) : why
    super('The answer of the login did not pass a check', outcome)
    this.outcome = outcome
  }
}

/** Why the login did not say who somebody is: by whose mistake, and what to do about it. */
export function refusal(code: FailureCode, facts: Facts = {}): Refused {
  const { reason } = FAILURES[code]
  if (reason === 'login_unavailable') throw new Error(`${code} says nothing about an answer`)
  return { kind: 'refused', reason, code, hint: sentence(code, facts) }
}

/** The sentence of a code, for the operator. */
export const sentence = (code: FailureCode, facts: Facts = {}): string =>
  FAILURES[code].says.replace(/\{(\w+)\}/g, (_, name: keyof Facts) => shown(facts[name]))

/** As much of a value from outside as fits into a line, without characters that could do something there. */
export function shown(value: unknown): string {
  if (value === undefined || value === null || value === '') return 'nothing'
  const text = Array.isArray(value) ? value.slice(0, MOST).map(asText).join(', ') : asText(value)
  const start = Array.from(text.slice(0, 4 * LONGEST))
    .slice(0, LONGEST)
    .join('')
  return printable(start) + (start.length < text.length ? '…' : '')
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const MOST = 8
const LONGEST = 100
