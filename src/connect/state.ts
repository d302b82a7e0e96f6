import { digest } from '../crypto/digest.ts'

/** The state is Wazzup's and opaque: any 1 to 4096 visible ASCII characters, kept byte for byte. */
const STATE = /^[\x21-\x7e]{1,4096}$/

/**
 * The state in a raw query string (without `?`). Null when it is missing, empty, doubled, over-long or not visible
 * ASCII. A `+` stays a `+`: a blank cannot occur in a state, so form decoding could only damage it.
 */
export function stateIn(rawQuery: string): string | null {
  const values = rawQuery
    .split('&')
    .map((pair) => /^([^=]*)=?(.*)$/s.exec(pair))
    .filter((match) => match !== null && decode(match[1]) === 'state')
    .map((match) => decode(match?.[2]))
  const [state] = values
  return values.length === 1 && typeof state === 'string' && STATE.test(state) ? state : null
}

function decode(text: string | undefined): string | null {
  try {
    return decodeURIComponent(text ?? '')
  } catch {
    return null
  }
}

/**
 * What a state is burnt by. A JWT is read as bytes, and many decoders take several spellings of them, so it is hashed in
 * the one of RFC 7515, 2: otherwise one state could connect two accounts. It is sent on as it came.
 */
export const stateHashOf = (state: string): string => digest(canonical(state))

function canonical(state: string): string {
  const parts = state.split('.')
  if (parts.length !== 3 || !(parts.every(isBase64) || isHeader(parts[0]))) return state
  return parts.map((part) => Buffer.from(part, 'base64').toString('base64url')).join('.')
}

/** With or without padding, in either alphabet (RFC 4648, 4 and 5). One character over four is half a byte. */
const isBase64 = (part: string) => /^[\w+/-]*=*$/.test(part) && part.replace(/=+$/, '').length % 4 !== 1

/** Then it is a JWT however it is spelt: decoders skip characters, too. */
const isHeader = (part = '') => 'alg' in parse(part)

/** What a state says about itself. Signed with Wazzup's key, so for us it is told, not proved: for display only. */
export interface StateClaims {
  crmCode: string | null
  wazzupAccountId: string | null
}

/** Reads the claims if the state happens to be a JWT; never throws. */
export function claimsOf(state: string): StateClaims {
  const claims = parse(state.split('.')[1] ?? '')
  return { crmCode: text(claims['crmCode']), wazzupAccountId: text(claims['accountId']) }
}

function parse(part: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

function text(value: unknown): string | null {
  const shown = typeof value === 'number' ? String(value) : value
  return typeof shown === 'string' && shown.length > 0 && shown.length <= 100 ? shown : null
}
