import { z } from 'zod'
import { parseJson } from '../../shared/parse-json.ts'

/** What one leg must be answered with; kept on our side, sealed, while the browser is away. */
const Leg = z.object({ state: z.string(), nonce: z.string(), verifier: z.string() })

export type Leg = z.infer<typeof Leg>

/** What `begin` has written; null when it is something else. */
export const readLeg = (remembered: string): Leg | null => Leg.safeParse(parseJson(remembered)).data ?? null
