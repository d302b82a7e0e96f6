import type { Answer } from '../../wazzup/client.ts'
import { isOurs, refusalIn } from './address.ts'
import { failure, pass, skip, warning, type Check, type Finding } from './check.ts'

/**
 * Opens an attempt with a state that only names our crmCode, as anybody may: a GET spends nothing, and the attempt
 * ends by itself within minutes. Its answer shows whether the cookie arrives whole.
 */
export const cookies: Check = {
  name: 'cookies',
  title: 'Cookies',
  network: true,
  async run({ settings: { publicUrl }, home, visit }) {
    if (!isOurs(await home())) return skip('this service did not answer')
    const asked = await visit()
    if (asked.kind === 'silent')
      return failure(`a visit got no answer: ${asked.why}`, 'Run this check again.')
    if (refusalIn(asked) === 'other_module') return skip('a visit opens nothing there: see WAZZUP_CRM_CODE')
    if (asked.answer.status === 429)
      return warning('visits are being limited just now (429)', 'Run this check again in a minute.')
    if (asked.answer.status !== 303) {
      return failure(
        `a visit with a state was answered with status ${asked.answer.status}`,
        'Look into the log of the service: most likely its database cannot be written to.',
      )
    }
    return cookieFinding(asked.answer, publicUrl.protocol === 'https:')
  },
}

function cookieFinding({ headers }: Answer, secure: boolean): Finding {
  const next = 'Have the reverse proxy leave Set-Cookie as it is (no proxy_cookie_domain, _path or _flags).'
  const all = [headers['set-cookie'] ?? []].flat()
  const cookie = all.find((one) => one.startsWith(secure ? '__Host-wauth-' : 'wauth-'))
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
    secure ? 'they arrive whole, and browsers accept them' : 'accepted, for development on this machine',
  )
}
