import { SignJWT } from 'jose'
import { z } from 'zod'
import { secretText } from '../../../src/config/fields/secret-text.ts'
import { textList } from '../../../src/config/fields/text-list.ts'
import { attemptIn, newTag, onlyValue } from '../../../src/login/attempt-tag.ts'
import { callbackUrl } from '../../../src/login/callback-url.ts'
import { demand } from '../../../src/login/claim-check.ts'
import { identify, identityClaims } from '../../../src/login/identify.ts'
import { judgeToken } from '../../../src/login/judge-token.ts'
import { LoginRefused } from '../../../src/login/login-refused.ts'
import { outcomeOf } from '../../../src/login/outcome-of.ts'
import type { LoginAnswer, LoginDeps, LoginEngine, LoginOutcome } from '../../../src/login/port.ts'
import { roleMayConnect } from '../../../src/login/roles.ts'
import { signedClaims } from '../../../src/login/signed-claims.ts'
import { timeClaims } from '../../../src/login/time-claims.ts'
import { minutes } from '../../../src/shared/clock.ts'

/** The header in which a proxy says who is logged in with it. */
export const HEADER = 'x-login-assertion'

const settings = z.object({
  PROXY_SECRET: secretText({ min: 32 }).meta({ description: 'What the proxy signs with.', secret: true }),
  PROXY_ALLOWED_ROLES: textList().optional().meta({ description: 'Who may connect.' }),
})

type ProxySettings = z.output<typeof settings>

const names = { userName: ['email'], accountId: 'org', accountName: 'org_name', role: 'role' }

/** Seconds. */
const OLDEST = 60

/** Logs in whom a proxy before the service has logged in: it lets nobody pass without, and signs who it is. */
export const proxy: LoginEngine<typeof settings> = {
  name: 'proxy',
  settings,
  create: (settings, deps) => ({
    async begin({ attemptId, again }) {
      const request = newTag(attemptId, deps.random)
      const location = callbackUrl(deps.publicUrl)
      location.searchParams.set('request', request)
      if (again) location.searchParams.set('prompt', 'login')
      return { kind: 'redirect', location, remember: request }
    },
    attemptOf: ({ params }) => attemptIn(onlyValue(params, 'request')),
    senderOf: (answer) => senderOf(answer, settings),
    complete: (answer) => complete(answer, settings, deps),
    judge: (token) =>
      judgeToken(token, {
        checkSignature: () => claimsOf(token, settings),
        checks: checksOf(settings, deps),
        unchecked: () => ({}),
        identify: (claims) => identify(claims, names, settings.PROXY_ALLOWED_ROLES),
      }),
    mayConnect: (role) => roleMayConnect(settings.PROXY_ALLOWED_ROLES, role),
    health: () => ({ ok: true, detail: 'the proxy asks nothing of this service' }),
    check: async () => [{ part: null, status: 'pass', says: 'there is nobody to ask', next: null }],
    close: async () => undefined,
  }),
}

const checksOf = ({ PROXY_ALLOWED_ROLES: allowed }: ProxySettings, { clock }: LoginDeps) => [
  ...timeClaims({ signed: 'token', now: clock(), oldest: OLDEST }),
  ...identityClaims(names, allowed),
]

function claimsOf(token: string, { PROXY_SECRET: secret }: ProxySettings) {
  const find = async () => new TextEncoder().encode(secret.reveal())
  return signedClaims('token', token, { find, algorithms: ['HS256'] })
}

async function complete(
  { params, headers, remembered }: LoginAnswer,
  settings: ProxySettings,
  deps: LoginDeps,
): Promise<LoginOutcome> {
  const token = headers.get(HEADER)
  try {
    if (token === null) throw new LoginRefused('token_missing')
    if (onlyValue(params, 'request') !== remembered) throw new LoginRefused('token_for_other_request')
    const claims = await claimsOf(token, settings)
    demand(checksOf(settings, deps), claims)
    const isFirst = await deps.claimOnce(`proxy:${remembered}`, minutes(10))
    if (!isFirst) throw new LoginRefused('token_used_before')
    return identify(claims, names, settings.PROXY_ALLOWED_ROLES)
  } catch (error) {
    return outcomeOf(error)
  }
}

async function senderOf({ params, headers, remembered }: LoginAnswer, settings: ProxySettings) {
  if (onlyValue(params, 'request') !== remembered) return null
  try {
    const { email, org } = await claimsOf(headers.get(HEADER) ?? '', settings)
    return JSON.stringify([email, org])
  } catch {
    return null
  }
}

/** What the proxy says of somebody. */
export const assertion = (claims: Record<string, unknown>, secret: string): Promise<string> =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt()
    .setExpirationTime('60s')
    .sign(new TextEncoder().encode(secret))
