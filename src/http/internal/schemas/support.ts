import { z } from 'zod'
import { moment } from './moment.ts'
import { ProgressAnswer } from './uploads.ts'

const code = z.string().nullable()

export const SupportAnswer = z
  .object({
    supportId: z.string().regex(/^WA-[0-9A-Z]{4}-[0-9A-Z]{4}$/),
    status: z
      .enum(['pending', 'connected', 'cancelled', 'expired', 'failed', 'refused'])
      .meta({ description: 'As the page says it now; `refused`: a page that was about no attempt.' }),
    reason: code.meta({ description: 'As the page says it; of `refused`, what was wrong with the request.' }),
    loginCode: code.meta({ description: 'Why the login did not end in a user: see docs/login-codes.md.' }),
    crmAccountId: z.string().nullable(),
    crmAccountName: z.string().nullable(),
    wazzupAccountId: z.string().nullable().meta({ description: 'Told by the link, proved by nobody.' }),
    steps: z.array(z.object({ at: moment, step: z.string(), code })),
    areStepsLeftOut: z.boolean().meta({
      description: 'There were very many, or the attempt was erased and its exchange alone tells.',
    }),
    exchange: z
      .object({
        status: z.enum(['pending', 'connected', 'failed']),
        reason: code,
        tries: z.int().min(1),
        generation: z.int().min(1),
      })
      .nullable(),
    connection: z
      .enum(['connected', 'invalid', 'disconnected'])
      .nullable()
      .meta({ description: 'How the account is connected now.' }),
    upload: ProgressAnswer.nullable(),
    keptUntil: moment.nullable().meta({
      description: 'Until when the steps of the attempt are kept; what its exchange tells stays.',
    }),
    advice: z.array(z.object({ about: z.string(), cause: z.string(), toDo: z.string() })),
  })
  .meta({ id: 'Support' })

export type SupportAnswer = z.output<typeof SupportAnswer>
