import { sameSecret } from '../../crypto/digest.ts'
import type { LoginAnswer } from '../port.ts'
import type { HandoffParts } from './parts.ts'
import { tokenIn } from './token.ts'

/**
 * The user for whom the CRM has signed this token, in answer to this login. Others may know its request, which stands in
 * addresses, and may even have the CRM sign it for themselves.
 */
export async function senderOf(
  { params, remembered }: LoginAnswer,
  { keys }: HandoffParts,
): Promise<string | null> {
  const token = tokenIn(params)
  if (token === null) return null
  try {
    const { nonce, sub, account_id: account } = await keys.claimsOf(token)
    if (typeof nonce !== 'string' || !sameSecret(nonce, remembered)) return null
    return JSON.stringify([sub, account])
  } catch {
    return null
  }
}
