import type { Answer } from '../../wazzup/client.ts'
import { isOurs, refusalIn } from './address.ts'
import { headerOf, type Asked } from './ask.ts'
import { failure, pass, skip, warning, type Check, type Finding } from './check.ts'

/**
 * Opens an attempt with a state that only names our crmCode, as anybody may: a GET spends nothing, and the attempt ends by itself
 * within minutes. Its answer shows whether the cookie arrives whole. Then comes back with the cookie: the same browser with
 * the same state goes on with its attempt.
 */
export const cookies: Check = {
  name: 'cookies',
  title: 'Cookies',
  network: true,
  async run({ settings: { publicUrl }, home, visit }) {
    if (!isOurs(await home())) return skip('this service did not answer')
    const asked = await visit()
    const refused = refusalOf(asked)
    if (refused || asked.kind === 'silent') return refused ?? failure('no answer', 'Run this check again.')
    const secure = publicUrl.protocol === 'https:'
    const { cookie, finding } = setCookie(asked.answer, secure)
    if (finding.status !== 'pass') return finding
    return cameBack(asked.answer, await visit(cookie)) ?? finding
  },
}

/** What is wrong with a visit as such; null when an attempt was opened. */
function refusalOf(asked: Asked): Finding | null {
  if (asked.kind === 'silent') return failure(`a visit got no answer: ${asked.why}`, 'Run this check again.')
  if (refusalIn(asked) === 'other_module') return skip('a visit opens nothing there: see WAZZUP_CRM_CODE')
  if (refusalIn(asked) === 'installs_paused') return skip('new installs are paused')
  if (asked.answer.status === 429)
    return warning('visits are being limited just now (429)', 'Run this check again in a minute.')
  if (asked.answer.status === 303) return null
  return failure(
    `a visit with a state was answered with status ${asked.answer.status}`,
    'Look into the log of the service: most likely its database cannot be written to.',
  )
}

/** What is wrong when it comes back; null when it is known again. */
function cameBack(first: Answer, second: Asked): Finding | null {
  if (second.kind === 'answer' && second.answer.status === 429)
    return warning('visits are being limited just now (429)', 'Run this check again in a minute.')
  const known =
    second.kind === 'answer' && headerOf(second.answer, 'location') === headerOf(first, 'location')
  if (known) return null
  return failure(
    'the cookie of a visit does not come back to the service: every install ends at «we do not know this connection»',
    'Have the reverse proxy, or the CDN before it, pass the Cookie header on to the service (nginx: no proxy_set_header Cookie), and cache nothing below /wauth.',
  )
}

/** The cookie that a browser would send back, and what is wrong with it. */
function setCookie(answer: Answer, secure: boolean): { cookie: string; finding: Finding } {
  const all = [answer.headers['set-cookie'] ?? []].flat()
  const cookie = all.find((one) => one.startsWith(secure ? '__Host-wauth-' : 'wauth-'))
  return { cookie: cookie?.split(';')[0] ?? '', finding: cookieFinding(cookie, secure) }
}

function cookieFinding(cookie: string | undefined, secure: boolean): Finding {
  const next = 'Have the reverse proxy leave Set-Cookie as it is (no proxy_cookie_domain, _path or _flags).'
  if (cookie === undefined) return failure('the cookie of a visit does not arrive', next)
  const attributes = cookie
    .split(';')
    .slice(1)
    .map((attribute) => attribute.trim().toLowerCase())
  const wanted = ['httponly', 'samesite=lax', 'path=/', ...(secure ? ['secure'] : [])]
  const lost = wanted.filter((attribute) => !attributes.includes(attribute))
  const added = attributes.filter((attribute) => attribute.startsWith('domain='))
  if (lost.length > 0) return failure(`the cookie of a visit arrives without: ${lost.join(', ')}`, next)
  if (added.length > 0)
    return failure('the cookie of a visit arrives with a Domain, and browsers drop it', next)
  return pass(
    secure
      ? 'they arrive whole and come back, and browsers accept them'
      : 'accepted, for development on this machine',
  )
}
