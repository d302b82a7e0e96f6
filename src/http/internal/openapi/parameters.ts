import { z } from 'zod'

/** The path parameter of a connection. */
export const CrmAccount = z.object({
  crmAccountId: z
    .string()
    .min(1)
    .max(200)
    .meta({ description: 'Your customer, as your login names it; percent-encoded.', examples: ['acme'] }),
})
