import type { CallOutcome } from '../../wazzup/authorized-call.ts'
import { printableJson } from '../../shared/printable.ts'
import { troubleOf, type Trouble } from '../../upstream/connection-trouble.ts'
import { EXIT } from '../exit.ts'
import type { OutputOptions } from '../output.ts'

/** What a call at Wazzup did not do. `changed` is null when nobody knows. */
export interface Failure {
  result: 'failed'
  status: number | null
  code: string | null
  changed: false | null
  problem: string
  next: string
}

export type Failed = Exclude<CallOutcome, { kind: 'done' }>

/** Says why Wazzup did not do it. `usual`: what is mostly behind a refusal of this very call. */
export function failureOf(outcome: Failed, usual: string): Failure {
  const { status } = outcome
  const code = 'code' in outcome ? outcome.code : null
  const changed = outcome.kind === 'unavailable' && outcome.maybeDone ? null : false
  return { result: 'failed', status, code, changed, ...wordsOf(outcome, usual) }
}

function wordsOf(outcome: Failed, usual: string): Pick<Failure, 'problem' | 'next'> {
  switch (outcome.kind) {
    case 'key_refused':
      return {
        problem: 'Wazzup does not accept the apiKey in WAZZUP_PARTNER_API_KEY. Nothing was changed.',
        next: 'Copy the key of the API integration of your own Wazzup account again. A sandbox takes the key that it was started with.',
      }
    case 'forbidden':
      return {
        problem: 'The apiKey is good, but this is closed to it. Nothing was changed.',
        next: 'Use the key of an integration of the type API, or ask Wazzup to open the partner routes for it.',
      }
    case 'refused':
      return outcome.code === null && (outcome.status === 404 || outcome.status === 405)
        ? {
            problem: 'There is no such route at that address. Nothing was changed.',
            next: 'Check WAZZUP_API_URL.',
          }
        : { problem: 'Wazzup refused it. Nothing was changed.', next: usual }
    case 'rate_limited': {
      const wait = Math.max(5, Math.ceil((outcome.retryAfter ?? 0) / 1000))
      return {
        problem: 'Wazzup has had too many requests with this key. Nothing was changed.',
        next: `Wait ${wait} seconds and repeat the command.`,
      }
    }
    case 'unavailable':
      return outcome.maybeDone ? doubtful : notDone(outcome.code)
  }
}

const doubtful = {
  problem: 'Wazzup gave no usable answer. It is unknown whether the change was made.',
  next: 'Repeat the command: that is safe, the same values are sent again.',
}

const notDone = (code: string) =>
  code === 'unexpected_status'
    ? {
        problem: 'Wazzup answered with a redirect, which is not followed. Nothing was changed.',
        next: 'Check WAZZUP_API_URL.',
      }
    : outOfReach(troubleOf(code))

const outOfReach = (trouble: Trouble | null) => ({
  problem: `Wazzup could not be reached${trouble ? `: ${trouble.says}` : ''}. Nothing was sent.`,
  next: `${trouble?.next ?? "Check WAZZUP_API_URL and this machine's way out to the internet."} Then repeat the command.`,
})

/** Tells a failure: as JSON on standard output for a script, in words on standard error; the command ends with 1. */
export function tellFailure(failure: Failure, { json }: OutputOptions): void {
  const { status, code, problem, next } = failure
  if (json) process.stdout.write(`${printableJson(failure)}\n`)
  else {
    const said = [status === null ? null : `status ${status}`, code]
      .filter((part) => part !== null)
      .join(', ')
    process.stderr.write(`${problem}${said === '' ? '' : ` (${said})`}\n→ ${next}\n`)
  }
  process.exitCode = EXIT.failed
}
