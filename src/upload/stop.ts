import { hintOf } from '../upstream/connection-trouble.ts'
import type { CallOutcome } from '../wazzup/authorized-call.ts'

/** Why a runner lets go of an upload before its plan is done. */
export type Stop =
  /** The claim is gone: disconnected, restarted, or taken over. Nothing more may be sent. */
  | { kind: 'gone' }
  /** Wazzup refuses the apiKey. */
  | { kind: 'key_refused' }
  | StopForNow

/**
 * To go on later. `wait`: for so many milliseconds, if the other side says. `tried`: after an unusable answer, of which
 * each makes the next pause longer; otherwise it is only a matter of time.
 */
export interface StopForNow {
  kind: 'later'
  code: string
  status: number | null
  wait: number | null
  tried: boolean
  /** What to do, where the way to the other side is to blame. */
  hint?: string
  /** Nothing is let through to Wazzup, for anybody, for so many milliseconds. */
  heldBack?: number
}

/** Others have been waiting: the upload takes its turn again behind them. */
export const TURN_OVER: Stop = { kind: 'later', code: 'turn_over', status: null, wait: 0, tried: false }

/** An answer of Wazzup's after which nothing more is to be sent with this key for now. */
export type Hindrance = Extract<CallOutcome, { kind: 'key_refused' | 'rate_limited' | 'unavailable' }>

/** What such an answer means for the sender. */
export function stopAfter(outcome: Hindrance): Stop {
  switch (outcome.kind) {
    case 'key_refused':
      return { kind: 'key_refused' }
    case 'rate_limited':
      return {
        ...{ kind: 'later', code: 'rate_limited', status: 429, wait: outcome.retryAfter },
        // Without a word for how long, or with one for no time at all, it may go on for ever.
        tried: !outcome.retryAfter,
      }
    case 'unavailable': {
      const { code, status, heldBack } = outcome
      const later = { kind: 'later', code, status, ...hintOf(code) } as const
      return heldBack === undefined
        ? { ...later, wait: null, tried: true }
        : { ...later, wait: heldBack, tried: false, heldBack }
    }
  }
}
