import { z } from 'zod'

/** For whom the caller acts, in `X-Operator`: it goes into the audit trail. */
export const OperatorName = z.string().regex(/^[\x20-\x7e]{1,100}$/)
