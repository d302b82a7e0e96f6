import { minutes } from '../shared/clock.ts'
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
import { holdClaim, type Hold } from './hold.ts'
import type { Stop } from './stop.ts'

/** How long nobody else takes an upload whose runner says nothing. Longer than any one call that a step waits for. */
export const LEASE = minutes(2)

export const NO_TROUBLE: UploadTrouble = { tries: 0, spent: 0 }

export type Step = UploadStep & UploadPlace

export type StepEnd = { kind: 'ended'; step: Step } | { kind: 'stopped'; stop: Stop }

/** Does a step from where it stands. What it does is written down in `turn`, bit by bit. */
export type StepWork = (turn: Turn, step: Step, deps: UploadDeps) => Promise<StepEnd>

/** One runner's time with one upload. */
export interface Turn extends Pick<Hold, 'mayGoOn' | 'isOver'> {
  claim: ClaimedUpload
  apiKey: string
  /** What had gone wrong since the last progress, when this turn began. */
  trouble: () => UploadTrouble
  /** Milliseconds of this turn since that progress. */
  lasted: () => number
  /** Writes progress down; false when the claim is gone. */
  commit: (step: Step, rejects?: readonly UploadReject[], brought?: Brought) => Promise<boolean>
  /** Writes down what there is to do, all of it or nothing; false when the claim is gone. */
  plan: (steps: readonly Step[]) => Promise<boolean>
}

/** `began`: before the claim was asked for. */
export function beginTurn(
  claim: ClaimedUpload,
  apiKey: string,
  { store, monotonic, meter, began }: UploadDeps & { began: number },
): Turn {
  let { trouble } = claim
  let since = began
  const hold = holdClaim({ began, monotonic, renew: () => store.uploads.renew(claim, LEASE) })
  const written = new Map(claim.steps.map((step) => [step.kind, step]))
  const count = (step: Step) => {
    const { sent, rejected } = written.get(step.kind) ?? { sent: 0, rejected: 0 }
    written.set(step.kind, step)
    meter.rows(step.kind, { sent: step.sent - sent, rejected: step.rejected - rejected })
  }
  const write = async (progress: Omit<UploadCommit, 'lease'>) => {
    const { steps } = progress
    const committed = await hold.write(() => store.uploads.commit(claim, { ...progress, lease: LEASE }))
    trouble = NO_TROUBLE
    since = monotonic()
    if (committed !== 'gone') steps.forEach(count)
    return committed === 'goes_on'
  }
  return {
    claim,
    apiKey,
    trouble: () => trouble,
    lasted: () => monotonic() - since,
    mayGoOn: hold.mayGoOn,
    isOver: hold.isOver,
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
