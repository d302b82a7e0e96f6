import { checkKeySet } from '../check-key-set.ts'
import type { LoginCheck } from '../port.ts'
import { isGone, openPage } from '../probe.ts'
import { begin } from './begin.ts'
import type { HandoffParts } from './parts.ts'

/** The keys, and the page. Whether the CRM signs with them, and what, shows only when somebody logs in. */
export const check = (parts: HandoffParts): Promise<LoginCheck[]> =>
  Promise.all([checkKeys(parts), checkPage(parts)])

async function checkKeys({ keys, settings, deps }: HandoffParts): Promise<LoginCheck> {
  const { HANDOFF_JWKS_URL: url } = settings
  if (!url) return { part: null, status: 'pass', says: keys.health().detail, next: null }
  const next = 'Open HANDOFF_JWKS_URL from this machine: it must answer with a JSON Web Key Set.'
  return checkKeySet({ peer: "the CRM's key set", url, next }, deps)
}

const NEXT =
  'Open HANDOFF_LOGIN_URL in a browser: it must log the user in, or send them to where they can log in.'

/**
 * Opens the page as a browser that nobody is logged in with. Browsers go there, not this machine, so that it is out of
 * reach from here proves nothing; but a name that nobody knows is nowhere.
 */
async function checkPage(parts: HandoffParts): Promise<LoginCheck> {
  const { random } = parts.deps
  const start = begin({ attemptId: random(16), again: false }, parts)
  if (start.kind !== 'redirect') throw new Error('a hand-over begins without asking anybody')
  const answer = await openPage(start.location, parts.deps)
  const tell = (status: LoginCheck['status'], says: string): LoginCheck => ({
    ...{ part: 'page', status, says: `the login page of the CRM ${says}` },
    next: status === 'pass' ? null : NEXT,
  })
  if (answer.kind === 'silent') {
    return tell(answer.known ? 'warning' : 'failure', `gives this machine no answer (${answer.why})`)
  }
  const { status } = answer
  if (status < 400 || status === 401) return tell('pass', `answers (status ${status})`)
  return tell(isGone(status) ? 'failure' : 'warning', `answers with status ${status}`)
}
