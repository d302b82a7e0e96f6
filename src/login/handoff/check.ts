import { countKeys } from '../count-keys.ts'
import { failureCode } from '../failure-code.ts'
import type { LoginCheck } from '../port.ts'
import { isBroken, openPage } from '../probe.ts'
import { begin } from './begin.ts'
import type { HandoffParts } from './parts.ts'

/** The keys, and the page. Whether the CRM signs with them, and what, shows only when somebody logs in. */
export const check = (parts: HandoffParts): Promise<LoginCheck[]> =>
  Promise.all([checkKeys(parts), checkPage(parts)])

async function checkKeys({ settings, deps }: HandoffParts): Promise<LoginCheck> {
  const { HANDOFF_JWKS_URL: url } = settings
  const pass = (says: string): LoginCheck => ({ part: null, status: 'pass', says, next: null })
  if (!url) return pass('hand-overs are signed with the shared secret')
  const unusable = (says: string): LoginCheck => ({
    ...{ part: null, status: 'failure', says },
    next: 'Open HANDOFF_JWKS_URL from this machine: it must answer with a JSON Web Key Set.',
  })
  try {
    const count = await countKeys(url, deps.allowHttpLoopback)
    if (count === 0) return unusable("the CRM's key set is empty")
    return pass(`the CRM's key set answers and has ${count === 1 ? 'one key' : `${count} keys`}`)
  } catch (error) {
    return unusable(`the CRM's key set is not usable (${failureCode(error)})`)
  }
}

const NEXT =
  'Open HANDOFF_LOGIN_URL in a browser: it must log the user in, or send them to where they can log in.'

/**
 * Opens the page as a browser that nobody is logged in with. Browsers go there, not this machine, so that it is out of
 * reach from here proves nothing; but a name that nobody knows is nowhere.
 */
async function checkPage(parts: HandoffParts): Promise<LoginCheck> {
  const { allowHttpLoopback, random } = parts.deps
  const start = begin({ attemptId: random(16), again: false }, parts)
  if (start.kind !== 'redirect') throw new Error('a hand-over begins without asking anybody')
  const answer = await openPage(start.location, allowHttpLoopback)
  const tell = (status: LoginCheck['status'], says: string): LoginCheck => ({
    ...{ part: 'page', status, says: `the login page of the CRM ${says}` },
    next: status === 'pass' ? null : NEXT,
  })
  if (answer.kind === 'silent') {
    return tell(answer.known ? 'warning' : 'failure', `gives this machine no answer (${answer.why})`)
  }
  const { status } = answer
  if (status < 400 || status === 401) return tell('pass', `answers (status ${status})`)
  return tell(isBroken(status) ? 'failure' : 'warning', `answers with status ${status}`)
}
