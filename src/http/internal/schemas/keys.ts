import { z } from 'zod'

/** Any text may be asked for: one that cannot be a key is as unknown as any other, with the same bytes. */
export const LookupBody = z
  .object({ crmKey: z.string().meta({ description: 'What came as bearer token on a webhook.' }) })
  .meta({ id: 'LookupRequest' })

const text = z.string().min(1)

export const FoundKey = z
  .object({
    connectionId: text,
    crmAccountId: text.meta({ description: 'Your customer, as your login names it.' }),
    crmAccountName: z.string(),
    wazzupAccountId: z.string().nullable().meta({ description: 'Told by the link, proved by nobody.' }),
    apiKey: z.string().nullable().meta({ description: 'What to call Wazzup with; null while `pending`.' }),
    generation: z.int().min(1).meta({ description: 'Counts the reconnects.' }),
    keyStatus: z.enum(['current', 'previous', 'pending']).meta({
      description:
        '`previous`: superseded by a reconnect, in its grace. `pending`: it is not known yet whether Wazzup has accepted the key.',
    }),
  })
  .meta({ id: 'FoundKey' })

export type FoundKey = z.output<typeof FoundKey>
