import { isEnded, movesData, type UploadProgress } from '../../../upload/progress.ts'
import type { Links } from './links.ts'
import type { UploadRow, UploadView } from './notice.ts'
import type { Words } from './words.ts'

const SECONDS_PER_MINUTE = 60

type Step = UploadProgress['steps'][number]

/** The first upload in words and bars. */
export function uploadView(progress: UploadProgress, words: Words, links: Links): UploadView {
  const { status, steps } = progress
  return {
    next: nextOf(progress, words, links),
    heading: words.say(isAddressOnly(steps) ? 'upload.heading_address' : 'upload.heading'),
    rows: steps.map((step) => rowOf(step, words)),
    live: !isEnded({ status }),
    ...noteOf(progress, words),
  }
}

/** What a connected person can do next, while their data is on its way and afterwards. */
export function nextOf(upload: UploadProgress | null, { say }: Words, links: Links): string {
  const isOnItsWay = upload !== null && !isEnded(upload) && movesData(upload.steps)
  const next = say(isOnItsWay ? 'connected.next_upload' : 'connected.next')
  return links.done === null && links.wazzup === null ? `${next} ${say('connected.no_button')}` : next
}

function noteOf(
  { status, steps, reason }: UploadProgress,
  { say }: Words,
): Pick<UploadView, 'note' | 'tone'> {
  switch (status) {
    case 'waiting':
      return { note: '', tone: 'busy' }
    case 'running': {
      const held = reason === null ? null : heldUpBy(reason)
      return { note: held === null ? '' : say(`upload.held_up.${held}`), tone: 'busy' }
    }
    case 'done':
      return { note: say(isAddressOnly(steps) ? 'upload.ended_address' : 'upload.ended'), tone: 'good' }
    case 'done_with_rejects':
      return { note: say('upload.ended_rejects'), tone: 'warning' }
    case 'failed': {
      const onlyAddress = steps.every((step) => step.status !== 'failed' || step.kind === 'webhooks')
      const note = say(onlyAddress && steps.length > 0 ? 'upload.address' : 'upload.ended_failed')
      return { note, tone: 'warning' }
    }
  }
}

/** Whom an upload waits for. Pauses that are asked for belong to a usual run, and are over in seconds. */
function heldUpBy(reason: string): 'address' | 'crm' | 'other' | null {
  if (reason === 'address_refused') return 'address'
  if (reason === 'rate_limited' || reason === 'export_busy') return null
  return reason.startsWith('export_') ? 'crm' : 'other'
}

/** The CRM has no export: nothing but the webhooks address is passed on. */
const isAddressOnly = (steps: readonly Step[]) => steps.length > 0 && !movesData(steps)

function rowOf(step: Step, { say }: Words): UploadRow {
  const { kind, status, read, total } = step
  const isDone = status === 'done' || status === 'done_with_rejects'
  const bar = isDone
    ? { value: 1, max: 1 }
    : { value: read, max: status === 'running' ? total : Math.max(1, total ?? 1) }
  return {
    kind,
    label: say(`upload.kind.${kind}`),
    ...bar,
    max: bar.max === 0 ? 1 : bar.max,
    text: textOf(step, { say }),
  }
}

function textOf(
  { kind, status, read, total, rejected, secondsLeft }: Step,
  { say }: Pick<Words, 'say'>,
): string {
  const state = say(`upload.status.${status}`)
  const count =
    total === null ? say('upload.so_far', { done: read }) : say('upload.of', { done: read, total })
  return [
    // One address is nothing to count, and what waits has not been counted yet.
    ...(kind === 'webhooks' || status === 'waiting' ? [state] : [count]),
    ...(kind !== 'webhooks' && status === 'failed' ? [state] : []),
    ...(rejected > 0 ? [say('upload.rejected', { count: rejected })] : []),
    ...(secondsLeft === null ? [] : [leftOf(secondsLeft, say)]),
  ].join(' · ')
}

const leftOf = (seconds: number, say: Words['say']) =>
  seconds < SECONDS_PER_MINUTE
    ? say('upload.left_seconds')
    : say('upload.left_minutes', { count: Math.ceil(seconds / SECONDS_PER_MINUTE) })
