import { z } from 'zod'
import { OperatorName } from '../schemas/operator.ts'

/** The path parameter of a connection. */
export const CrmAccount = z.object({
  crmAccountId: z
    .string()
    .min(1)
    .max(200)
    .meta({ description: 'Your customer, as your login names it; percent-encoded.', examples: ['acme'] }),
})

/** The header of what goes into the audit trail. */
export const Operator = z.object({
  'X-Operator': OperatorName.optional().meta({
    description: 'For whom you act; it goes into the audit trail. Anything else than this is left out.',
    examples: ['Olga'],
  }),
})
