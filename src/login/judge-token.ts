import { decodeJwt } from 'jose'
import type { ClaimCheck } from './claim-check.ts'
import { claimAt, isAbsent, isObject, type Claims } from './claim-path.ts'
import { shown, type Refused } from './login-refused.ts'
import { outcomeOf } from './outcome-of.ts'
import type { LoginOutcome, TokenLine, TokenVerdict } from './port.ts'

interface Rules {
  /** Rejects when the signature does not do. */
  checkSignature: () => Promise<unknown>
  checks: readonly ClaimCheck[]
  /** Claims of which only a login under way can say whether they are right: why. */
  unchecked: (claims: Claims) => Readonly<Record<string, string>>
  identify: (claims: Claims) => LoginOutcome
}

/** Judges a token by the rules of a login, each for itself, where the login ends with the first that is broken. */
export async function judgeToken(token: string, rules: Rules): Promise<TokenVerdict> {
  const signature = await judgeSignature(rules)
  const claims = claimsIn(token)
  const lines = claims === null ? [signature] : [signature, ...judgeClaims(claims, rules)]
  const ok = signature.status === 'pass' && lines.every(({ status }) => status !== 'fail')
  const outcome = ok && claims !== null ? rules.identify(claims) : null
  return { ok, lines, identity: outcome?.kind === 'identified' ? outcome.identity : null }
}

async function judgeSignature({ checkSignature }: Rules): Promise<TokenLine> {
  try {
    await checkSignature()
    return { claim: 'signature', status: 'pass', code: null, says: 'made with a key of the login' }
  } catch (error) {
    const { kind, code, ...more } = outcomeOf(error)
    const says = 'hint' in more ? more.hint : 'The keys cannot be had now.'
    return { claim: 'signature', status: kind === 'refused' ? 'fail' : 'unchecked', code, says }
  }
}

function claimsIn(token: string): Claims | null {
  try {
    const claims: unknown = decodeJwt(token)
    return isObject(claims) ? claims : null
  } catch {
    return null
  }
}

function judgeClaims(claims: Claims, { checks, unchecked }: Rules): TokenLine[] {
  const reasons = unchecked(claims)
  const names = new Set([...checks.map(({ claim }) => claim), ...Object.keys(reasons)])
  const isRead = (claim: string) => [...names].some((name) => name === claim || name.startsWith(`${claim}.`))
  return [
    ...[...names].map((claim) => judgeClaim(claim, claims, { checks, reason: reasons[claim] })),
    ...Object.keys(claims)
      .filter((claim) => !isRead(claim))
      .map((claim): TokenLine => ({ claim: shown(claim), status: 'unread', code: null, says: '' })),
  ]
}

function judgeClaim(
  claim: string,
  claims: Claims,
  { checks, reason }: { checks: readonly ClaimCheck[]; reason: string | undefined },
): TokenLine {
  if (reason !== undefined) return { claim, status: 'unchecked', code: null, says: reason }
  const flaws = checks.filter((check) => check.claim === claim).map(({ flaw }) => flaw(claims))
  const flaw = flaws.find((one): one is Refused => one !== null)
  if (flaw) return { claim, status: 'fail', code: flaw.code, says: flaw.hint ?? '' }
  const said = claimAt(claims, claim)
  const says = isAbsent(said) ? 'not there, and not needed' : told(claim, said)
  return { claim, status: 'pass', code: null, says }
}

const TIMES = ['exp', 'iat', 'nbf']

const told = (claim: string, said: unknown) =>
  TIMES.includes(claim) && typeof said === 'number' && Math.abs(said) < 8.64e12
    ? new Date(said * 1000).toISOString()
    : shown(said)
