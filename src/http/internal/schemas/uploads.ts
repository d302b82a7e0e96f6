import { z } from 'zod'

/** The body of a start; none at all means everything. */
export const StartBody = z.object({ webhooksOnly: z.boolean().default(false) }).nullish()

export const StartedAnswer = z.object({ status: z.literal('waiting') }).meta({ id: 'UploadStarted' })

export type StartedAnswer = z.output<typeof StartedAnswer>

export const UploadKind = z.enum(['users', 'pipelines', 'contacts', 'deals', 'webhooks'])
export const UploadStatus = z.enum(['waiting', 'running', 'done', 'done_with_rejects', 'failed'])
const Reason = z
  .string()
  .nullable()
  .meta({ description: 'A code: why it failed, what it waits for, or a note on a step that is done.' })
const rows = z.int().min(0)

const Step = z
  .object({
    kind: UploadKind,
    status: UploadStatus,
    reason: Reason,
    read: rows.meta({ description: 'Rows that the CRM has given.' }),
    sent: rows,
    rejected: rows,
    total: rows.nullable().meta({ description: 'Null when the CRM does not tell.' }),
    secondsLeft: rows.nullable().meta({ description: 'Null when nobody can say.' }),
  })
  .meta({ id: 'UploadStep' })

export const ProgressAnswer = z
  .object({ status: UploadStatus, reason: Reason, steps: z.array(Step) })
  .meta({ id: 'UploadProgress' })

export type ProgressAnswer = z.output<typeof ProgressAnswer>
