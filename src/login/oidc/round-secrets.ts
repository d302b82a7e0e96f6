import { z } from 'zod'
import { parseJson } from '../../shared/parse-json.ts'

/** What one round must be answered with; kept on our side, sealed, while the browser is away. */
const RoundSecrets = z.object({ state: z.string(), nonce: z.string(), verifier: z.string() })

export type RoundSecrets = z.infer<typeof RoundSecrets>

/** What `begin` has written; null when it is something else. */
export const readRoundSecrets = (remembered: string): RoundSecrets | null =>
  RoundSecrets.safeParse(parseJson(remembered)).data ?? null
