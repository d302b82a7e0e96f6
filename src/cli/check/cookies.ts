import type { Answer } from '../../wazzup/client.ts'
import { isOurs, refusalIn } from './address.ts'
import { madeUpState } from './made-up-state.ts'
import { failure, pass, skip, warning, type Check, type Finding } from './check.ts'

/**
 * Opens an attempt with a state that only names our crmCode, as anybody may: a GET spends nothing, and the attempt
 * ends by itself within minutes. Its answer shows whether the cookie arrives whole, and whether the service that runs
 * there is set up for this module.
 */
export const cookies: Check = {
  name: 'cookies',
  title: 'Cookies',
  network: true,
  async run({ settings: { publicUrl, wazzup }, ask, home }) {
    if (!isOurs(await home())) return skip('this service did not answer')
    const url = new URL('/wauth', publicUrl)
    url.searchParams.set('state', madeUpState(wazzup.crmCode))
    const asked = await ask(url)
    if (asked.kind === 'silent')
      return failure(`a visit got no answer: ${asked.why}`, 'Run this check again.')
    if (refusalIn(asked) === 'other_module') {
      return failure(
        'the service at PUBLIC_URL is set up for another WAZZUP_CRM_CODE',
        'Give it the settings that this check has read, and restart it.',
      )
    }
    if (refusalIn(asked) === 'installs_paused') return skip('new installs are paused')
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
