import { stopAfter } from '../stop.ts'
import { stopped, type Step, type StepEnd } from '../turn.ts'
import type { UploadReject } from '../../store/port.ts'
import type { Reading } from './read-source.ts'
import type { SentBatch } from './send-batch.ts'

/**
 * What Wazzup has of pipelines that it did not take in one request: if each request is for the whole set (fact sheet,
 * 9), only the last part of them is left, and the others are told as rejects. Where Wazzup does not show what it has,
 * its answers to the requests have to do.
 */
export async function keptOf(
  { step, rejects, accepted }: SentBatch,
  { turn, deps }: Pick<Reading, 'turn' | 'deps'>,
): Promise<{ kind: 'kept'; step: Step; rejects: UploadReject[] } | StepEnd> {
  const there = await deps.entities.ids('pipelines', turn.apiKey)
  switch (there.kind) {
    case 'read': {
      const lost = accepted.filter(({ id }) => !there.ids.has(id))
      const told = lost.map(({ id, position }) => ({
        ...{ kind: 'pipelines' as const, rowId: id, position, reason: 'not_kept' },
      }))
      const counted = { sent: step.sent - lost.length, rejected: step.rejected + lost.length }
      return { kind: 'kept', step: { ...step, ...counted }, rejects: [...rejects, ...told] }
    }
    case 'key_refused':
    case 'rate_limited':
    case 'unavailable':
      return stopped(stopAfter(there))
    case 'forbidden':
    case 'refused':
    case 'unreadable':
      return { kind: 'kept', step, rejects }
  }
}
