import { hours } from '../shared/clock.ts'
import type { Attempt } from './attempt.ts'
import type { Exchange } from './exchange.ts'

/** How long a result can be looked at again after the attempt's time is over, and the support is told every step. */
export const RESULTS_KEPT = hours(24)

/** The same where nobody has even logged in: there is nothing to look at but that it expired. */
export const UNUSED_KEPT = hours(1)

/** One thing that has happened to an attempt or to its exchange. */
export interface SupportStep {
  at: Date
  step: string
  /** Why: one of the documents' codes, or of Wazzup's. */
  code: string | null
}

/** What is kept under a support id. None of it is secret. */
export interface SupportRecord {
  /** Null once it has been erased; its exchange stays for good. */
  attempt: SupportedAttempt | null
  exchange: SupportedExchange | null
  /** In the order of their moments. Of very many, only the latest. */
  steps: SupportStep[]
  areStepsLeftOut: boolean
}

export interface SupportedAttempt extends Pick<
  Attempt,
  'status' | 'reason' | 'identity' | 'wazzupAccountId' | 'expiresIn'
> {
  createdAt: Date
  /** To be shown; `expiresIn` says whether it is over. */
  expiresAt: Date
}

export interface SupportedExchange extends Exchange {
  generation: number
  wazzupAccountId: string | null
  /** When it was confirmed, or pressed again. */
  confirmedAt: Date
}

export interface SupportStore {
  /** Null when there is nothing of that id, or nothing any more. */
  find(supportId: string): Promise<SupportRecord | null>
}

const STEP = /^(\d{13}) (\w+)(?: (\S+))?$/

/** Reads what `sql/story.ts` writes. */
export const toSteps = (story: string): SupportStep[] =>
  story.split(';').flatMap((line) => {
    const [, at, step, code = null] = STEP.exec(line) ?? []
    return at === undefined || step === undefined ? [] : [{ at: new Date(Number(at)), step, code }]
  })

/** What stands before a story whose beginning was left out. */
export const LEFT_OUT = '…'
