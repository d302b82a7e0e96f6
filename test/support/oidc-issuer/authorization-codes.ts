import { createHash, randomUUID } from 'node:crypto'

interface Granted {
  nonce: string
  challenge: string
  redirectUri: string
}

/** Codes that have been given out and not yet traded. */
export function authorizationCodes() {
  const granted = new Map<string, Granted>()
  return {
    grant(request: URLSearchParams): string {
      const code = randomUUID()
      granted.set(code, {
        nonce: request.get('nonce') ?? '',
        challenge: request.get('code_challenge') ?? '',
        redirectUri: request.get('redirect_uri') ?? '',
      })
      return code
    },
    /** The nonce that belongs to a code, once, for whoever knows the verifier; null otherwise. */
    trade(form: URLSearchParams): string | null {
      const code = form.get('code') ?? ''
      const grant = granted.get(code)
      granted.delete(code)
      const challenge = createHash('sha256')
        .update(form.get('code_verifier') ?? '')
        .digest('base64url')
      if (grant?.challenge !== challenge || grant.redirectUri !== form.get('redirect_uri')) return null
      return grant.nonce
    },
  }
}
