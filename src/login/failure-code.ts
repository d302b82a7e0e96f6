import { peerFailure } from './bounded-fetch.ts'

const DEPTH = 4

/** Others are not repeated: what a library calls the cause of an error may be an answer that a stranger has written. */
const claims = new Set([
  ...['iss', 'aud', 'azp', 'sub', 'nonce', 'jti', 'iat', 'nbf', 'exp'],
  ...['user_name', 'account_id', 'account_name'],
])

/**
 * One word for the log about why a login failed: which check refused, and which claim when one is at fault. Made only
 * of constants of the libraries and our own, never of what was in an answer.
 */
export function failureCode(error: unknown): string {
  const code = peerFailure(error)?.code ?? codeOf(error)
  const claim = claimIn(error)
  return claim === null ? code : `${code}_${claim}`
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null
  return typeof code === 'string' && /^[A-Za-z_]{1,60}$/.test(code) ? code.toLowerCase() : 'unexpected'
}

/** The libraries name the claim on the error, or in one of the objects that they call its cause. */
function claimIn(error: unknown, depth = 0): string | null {
  if (typeof error !== 'object' || error === null || depth > DEPTH) return null
  if ('claim' in error && typeof error.claim === 'string' && claims.has(error.claim)) return error.claim
  return 'cause' in error ? claimIn(error.cause, depth + 1) : null
}
