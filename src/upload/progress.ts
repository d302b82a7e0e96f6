import type { Upload, UploadKind, UploadStep } from '../store/port.ts'
import { timeLeft } from './time-left.ts'

/** How far an upload has got, as programs and people are told; `secondsLeft` null when nobody can say. */
export interface UploadProgress {
  status: Upload['status']
  /** A code: why it failed or, while it is `running`, what it waits for. */
  reason: string | null
  steps: (Omit<UploadStep, 'runsFor'> & { secondsLeft: number | null })[]
}

/** A step as far as it is planned. */
export type Planned = Pick<UploadStep, 'kind'>

export const progressOf = ({ status, reason, steps }: Upload): UploadProgress => ({
  status,
  reason,
  steps: steps.map(({ runsFor, ...step }) => {
    const left = timeLeft({ ...step, runsFor })
    return { ...step, secondsLeft: left === null ? null : Math.ceil(left / 1000) }
  }),
})

/** A step that has not begun. */
export const waitingStep = (kind: UploadKind): UploadStep => ({
  ...{ kind, status: 'waiting', reason: null },
  ...{ read: 0, sent: 0, rejected: 0, total: null, runsFor: null },
})

/** The steps to show: before the runner has written its plan down, those that it will write, so that they are there at once. */
export const shownSteps = (upload: Upload, plan: readonly Planned[]): UploadStep[] =>
  upload.steps.length > 0 || isEnded(upload) ? upload.steps : plan.map(({ kind }) => waitingStep(kind))

/** Whether any of these steps is for something of the customer's; the webhooks address alone is not. */
export const movesData = (steps: readonly Planned[]): boolean => steps.some(({ kind }) => kind !== 'webhooks')

/** Nothing more will happen by itself. */
export const isEnded = ({ status }: Pick<Upload, 'status'>): boolean =>
  status !== 'waiting' && status !== 'running'
