import { z } from 'zod'
import { canBeKept, MOST_CHANGES } from '../../../changes/accept.ts'
import { idOf } from '../../../upload/rules/rule.ts'

export const ChangeKind = z.enum(['users', 'contacts', 'deals'])

export const ChangeOp = z.enum(['upsert', 'delete'])

const RowId = z
  .union([z.string(), z.int()], 'is no id')
  .refine((id) => idOf(id) !== null, 'is no id')
  .meta({ description: 'Your own id: 1 to 64 characters without control characters.' })

const Row = z
  .looseObject({ id: RowId })
  .refine(canBeKept, 'is too large or too deep')
  .meta({ description: 'As your export gives it; its rules are those of the upload.' })

const Change = z.discriminatedUnion('op', [
  z.object({ kind: ChangeKind, op: z.literal('upsert'), row: Row }),
  z.object({ kind: ChangeKind, op: z.literal('delete'), id: RowId }),
])

export const ChangesBody = z
  .object({ changes: z.array(Change).min(1).max(MOST_CHANGES) })
  .meta({ id: 'Changes' })

const count = z.int().min(0)

export const AcceptedAnswer = z
  .object({ accepted: count, waiting: count.meta({ description: 'Of this customer, with these.' }) })
  .meta({ id: 'ChangesAccepted' })

export type AcceptedAnswer = z.output<typeof AcceptedAnswer>

export const StandingAnswer = z
  .object({
    waiting: count,
    oldestSeconds: count.nullable().meta({ description: 'For how long the oldest has waited.' }),
    sent: count,
    rejected: count,
    dropped: count.meta({ description: 'At a disconnect, or as an upload has brought newer.' }),
    waitsFor: z.string().nullable().meta({ description: 'A code, such as `upload` or `key_refused`.' }),
  })
  .meta({ id: 'ChangesStanding' })

export type StandingAnswer = z.output<typeof StandingAnswer>
