import { minutes, seconds, type Monotonic } from '../shared/clock.ts'
import type {
  Brought,
  ClaimedUpload,
  UploadCommit,
  UploadPlace,
  UploadReject,
  UploadStep,
  UploadTrouble,
} from '../store/port.ts'
import type { UploadDeps } from './deps.ts'
import type { Stop } from './stop.ts'

/** How long nobody else takes an upload whose runner says nothing. Longer than any one call that a step waits for. */
export const LEASE = minutes(2)

/** After this long the other customers have their turn: a large account does not keep a small one waiting. */
export const TURN = seconds(3)

export const NO_TROUBLE: UploadTrouble = { tries: 0, spent: 0 }

export type Step = UploadStep & UploadPlace

export type StepEnd = { kind: 'ended'; step: Step } | { kind: 'stopped'; stop: Stop }

/** Does a step from where it stands. What it does is written down in `turn`, bit by bit. */
export type StepWork = (turn: Turn, step: Step, deps: UploadDeps) => Promise<StepEnd>

/** One runner's time with one upload. */
export interface Turn {
  claim: ClaimedUpload
  apiKey: string
  /** What had gone wrong since the last progress, when this turn began. */
  trouble: () => UploadTrouble
  /** Milliseconds of this turn since that progress. */
  lasted: () => number
  /** Asked before every request: whether the claim still holds. It is lengthened by that. */
  mayGoOn: () => Promise<boolean>
  isOver: () => boolean
  /** Writes progress down; false when the claim is gone. */
  commit: (step: Step, rejects?: readonly UploadReject[], brought?: Brought) => Promise<boolean>
  /** Writes down what there is to do, all of it or nothing; false when the claim is gone. */
  plan: (steps: readonly Step[]) => Promise<boolean>
}

/** An answer that took long is asked for once more: by now somebody else may have the claim. False when it is gone. */
export async function renewed(renew: () => Promise<boolean>, monotonic: Monotonic): Promise<boolean> {
  for (;;) {
    const asked = monotonic()
    if (!(await renew())) return false
    if (monotonic() - asked < TURN) return true
  }
}

/** `began`: before the claim was asked for. */
export function beginTurn(
  claim: ClaimedUpload,
  apiKey: string,
  { store, monotonic, meter, began }: UploadDeps & { began: number },
): Turn {
  let { trouble } = claim
  let since = began
  // What was written a moment ago needs no second look; after a stall somebody else may have it.
  let freshUntil = began + TURN
  const written = new Map(claim.steps.map((step) => [step.kind, step]))
  const count = (step: Step) => {
    const { sent, rejected } = written.get(step.kind) ?? { sent: 0, rejected: 0 }
    written.set(step.kind, step)
    meter.rows(step.kind, { sent: step.sent - sent, rejected: step.rejected - rejected })
  }
  const write = async (progress: Omit<UploadCommit, 'lease'>) => {
    const { steps } = progress
    const asked = monotonic()
    const committed = await store.uploads.commit(claim, { ...progress, lease: LEASE })
    const goesOn = committed === 'goes_on'
    freshUntil = goesOn ? asked + TURN : 0
    trouble = NO_TROUBLE
    since = monotonic()
    if (committed !== 'gone') steps.forEach(count)
    return goesOn
  }
  return {
    claim,
    apiKey,
    trouble: () => trouble,
    lasted: () => monotonic() - since,
    async mayGoOn() {
      const holds =
        monotonic() < freshUntil || (await renewed(() => store.uploads.renew(claim, LEASE), monotonic))
      freshUntil = 0
      return holds
    },
    isOver: () => monotonic() - began >= TURN,
    commit: (step, rejects = [], brought) => write({ steps: [step], rejects, ...(brought && { brought }) }),
    plan: (steps) => write({ steps, rejects: [] }),
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

export const failed = (step: Step, reason: string): Step => ({
  ...step,
  status: 'failed',
  reason,
})

export const finished = (step: Step): Step => ({
  ...step,
  status: step.rejected > 0 ? 'done_with_rejects' : 'done',
  reason: null,
})
