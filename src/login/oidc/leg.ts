import { z } from 'zod'

/** What one leg must be answered with; kept on our side, sealed, while the browser is away. */
export const Leg = z.object({ state: z.string(), nonce: z.string(), verifier: z.string() })

export type Leg = z.infer<typeof Leg>
