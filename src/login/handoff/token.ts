import { decodeJwt } from 'jose'
import { attemptIn, onlyValue } from '../attempt-tag.ts'

const LONGEST = 8 * 1024

/** The token of an answer; null when there is none, more than one, or more than anybody needs. */
export function tokenIn(params: URLSearchParams): string | null {
  const token = onlyValue(params, 'token')
  return token !== null && token.length <= LONGEST ? token : null
}

/** The attempt that the token claims to be for. Nothing of it is checked here. */
export function attemptOf(params: URLSearchParams): string | null {
  const token = tokenIn(params)
  if (token === null) return null
  try {
    return attemptIn(decodeJwt(token)['nonce'])
  } catch {
    return null
  }
}
