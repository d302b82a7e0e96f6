import { z } from 'zod'

/** What the public listener tells `wauth check` of its own request. */
export const CheckAnswer = z.object({
  /** The address that the request came from: a proxy's, where there is one. */
  peer: z.string(),
  /** Whether it came with an X-Forwarded-For, and whether that counts. */
  forwarded: z.boolean(),
  trusted: z.boolean(),
})

export type CheckAnswer = z.output<typeof CheckAnswer>
