import { after, minutes, seconds } from '../shared/clock.ts'
import type { ClaimedUpload, UploadPlace, UploadReject, UploadStep } from '../store/port.ts'
import type { UploadDeps } from './deps.ts'
import type { Stop } from './stop.ts'

/** How long nobody else takes an upload whose runner says nothing. Longer than any one call that a step waits for. */
export const LEASE = minutes(2)

/** How much of it may pass before it is lengthened. */
const RENEW_AFTER = seconds(20)

/** After this long the other customers have their turn: a large account does not keep a small one waiting. */
const TURN = seconds(3)

export type Step = UploadStep & UploadPlace

export type StepEnd = { kind: 'ended'; step: Step } | { kind: 'stopped'; stop: Stop }

/** Does a step from where it stands. What it does is written down in `turn`, bit by bit. */
export type StepWork = (turn: Turn, step: Step, deps: UploadDeps) => Promise<StepEnd>

/** One runner's time with one upload. */
export interface Turn {
  claim: ClaimedUpload
  apiKey: string
  /** Unusable answers since the last progress. */
  tries: () => number
  /** Whether something may still be sent; lengthens the lease when it is time. */
  mayGoOn: () => Promise<boolean>
  isOver: () => boolean
  /** Writes progress down; false when the claim is gone. */
  commit: (step: Step, rejects?: readonly UploadReject[]) => Promise<boolean>
}

export function beginTurn(claim: ClaimedUpload, apiKey: string, { store, clock, meter }: UploadDeps): Turn {
  const began = clock().getTime()
  let renewed = began
  let { tries } = claim
  const written = new Map(claim.steps.map((step) => [step.kind, step]))
  const count = (step: Step) => {
    const { sent, rejected } = written.get(step.kind) ?? { sent: 0, rejected: 0 }
    written.set(step.kind, step)
    meter.rows(step.kind, { sent: step.sent - sent, rejected: step.rejected - rejected })
  }
  const leaseUntil = () => after(clock(), LEASE)
  return {
    claim,
    apiKey,
    tries: () => tries,
    async mayGoOn() {
      if (clock().getTime() - renewed < RENEW_AFTER) return true
      renewed = clock().getTime()
      return store.uploads.renew(claim, leaseUntil())
    },
    isOver: () => clock().getTime() - began >= TURN,
    async commit(step, rejects = []) {
      const isOurs = await store.uploads.commit(claim, { step, rejects, leaseUntil: leaseUntil() })
      renewed = clock().getTime()
      tries = 0
      if (isOurs) count(step)
      return isOurs
    },
  }
}

export const stopped = (stop: Stop) => ({ kind: 'stopped', stop }) as const

export const GONE = stopped({ kind: 'gone' })

/** The end of a step, written down. */
export async function endStep(
  turn: Turn,
  step: Step,
  rejects: readonly UploadReject[] = [],
): Promise<StepEnd> {
  return (await turn.commit(step, rejects)) ? { kind: 'ended', step } : GONE
}

export const failed = (step: Step, reason: string, { clock }: Pick<UploadDeps, 'clock'>): Step => ({
  ...step,
  status: 'failed',
  reason,
  endedAt: clock(),
})

export const finished = (step: Step, { clock }: Pick<UploadDeps, 'clock'>): Step => ({
  ...step,
  status: step.rejected > 0 ? 'done_with_rejects' : 'done',
  reason: null,
  endedAt: clock(),
})
