import type { Answer } from './answer.ts'

/**
 * How an answer goes wrong on its way. `trickleMs`: one byte of the body at a time, so many milliseconds apart;
 * `delayMs`: whole and right, but so much later.
 */
export type Ending = 'hang' | 'reset' | 'cut' | { trickleMs: number } | { delayMs: number }

/** What one request meets instead of the usual answer. Made by the builders in `fault`. */
export interface Fault {
  /** Appears in the record of the request. */
  name: string
  /** True: the request is handled as usual first, so that a good one uses its state up and stores its key. */
  processed: boolean
  /** An answer in place of the usual one, or the way in which the usual one is spoiled. */
  ending: Answer | Ending
}

type Payload = Omit<Answer, 'status'>

const mebibyte = 1024 * 1024

const spoilings = {
  hang: 'hang',
  reset: 'reset',
  cut: 'cut',
  trickle: { trickleMs: 1000 },
  'server-error': { status: 500 },
  malformed: { status: 200, body: '{"data":"00112233' },
  huge: { status: 200, body: { data: 'f'.repeat(mebibyte) } },
} satisfies Record<string, Answer | Ending>

const refuse = (status: number, payload: Payload = {}): Fault => ({
  name: `refuse ${status}`,
  processed: false,
  ending: { status, ...payload },
})

const retryAfter = (wait: number | Date) => (typeof wait === 'number' ? String(wait) : wait.toUTCString())

/** Builders of faults, to be pushed into `simulator.faults`, `simulator.faultsOn(…)` or `crm.exports.faults`. */
export const fault = {
  /** Refused with any status, headers and body; nothing is processed. */
  refuse,
  /** A 5xx from somewhere in front of Wazzup; nothing is processed. */
  unavailable: (status = 503): Fault => refuse(status),
  /** 429, with `Retry-After` in seconds or as a date when given. */
  rateLimited: (wait?: number | Date): Fault =>
    refuse(429, wait === undefined ? {} : { headers: { 'retry-after': retryAfter(wait) } }),
  /** Sends the caller elsewhere; a visit there is recorded like every request. */
  redirect: (to = '/v3/connect-elsewhere', status = 307): Fault =>
    refuse(status, { headers: { location: to } }),
  /** Neither processed nor answered. */
  drop: (ending: 'hang' | 'reset'): Fault => ({ name: `drop ${ending}`, processed: false, ending }),
  /** Processed as usual, then the answer is spoiled. */
  processThen: (spoiling: keyof typeof spoilings): Fault => ({
    name: `process then ${spoiling}`,
    processed: true,
    ending: spoilings[spoiling],
  }),
  /** Processed as usual, then the answer comes one byte at a time. */
  trickle: (everyMs: number): Fault => ({ name: 'trickle', processed: true, ending: { trickleMs: everyMs } }),
  /** Processed and answered as usual, but late. */
  slow: (delayMs: number): Fault => ({ name: `slow ${delayMs}`, processed: true, ending: { delayMs } }),
  /** Processed as usual, then something else is answered. */
  processThenReply: (status: number, payload: Payload = {}): Fault => ({
    name: `process then ${status}`,
    processed: true,
    ending: { status, ...payload },
  }),
}
