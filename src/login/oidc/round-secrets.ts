import { z } from 'zod'
import { sameSecret } from '../../crypto/digest.ts'
import { parseJson } from '../../shared/parse-json.ts'
import { onlyValue } from '../attempt-tag.ts'
import type { LoginAnswer } from '../port.ts'

/** What one round must be answered with; kept on our side, sealed, while the browser is away. */
const RoundSecrets = z.object({ state: z.string(), nonce: z.string(), verifier: z.string() })

export type RoundSecrets = z.infer<typeof RoundSecrets>

/** What `begin` has written; null when it is something else. */
export const readRoundSecrets = (remembered: string): RoundSecrets | null =>
  RoundSecrets.safeParse(parseJson(remembered)).data ?? null

/**
 * Who has made an answer with the state of this round: the browser or the provider, which alone were given it. Whether its
 * code is good only shows when it is spent.
 */
export function senderOf({ params, remembered }: LoginAnswer): string | null {
  const round = readRoundSecrets(remembered)
  const state = onlyValue(params, 'state')
  return round !== null && state !== null && sameSecret(state, round.state) ? 'provider' : null
}
