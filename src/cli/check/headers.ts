import { SECURITY_HEADERS } from '../../http/public/security-headers.ts'
import { headerOf } from './ask.ts'
import { isOurs } from './address.ts'
import { failure, pass, skip, warning, type Check } from './check.ts'

const HSTS = 'strict-transport-security'

export const headers: Check = {
  name: 'headers',
  title: 'Security headers',
  network: true,
  async run({ home }) {
    const asked = await home()
    if (asked.kind !== 'answer' || !isOurs(asked)) return skip('this service did not answer')
    const { answer } = asked
    const changed = Object.entries(SECURITY_HEADERS)
      .filter(([name, value]) => headerOf(answer, name) !== value)
      .map(([name]) => name)
    const next =
      'Have the reverse proxy pass on the headers of this service as they are, without any of its own.'
    if (changed.length === 0) return pass('they arrive as they were sent')
    // Often set once for a whole domain, and then for longer or shorter; it still says https only.
    if (
      changed.length === 1 &&
      changed[0] === HSTS &&
      headerOf(answer, HSTS)?.startsWith('max-age=') === true
    ) {
      return warning(`${HSTS} is not the one of this service`, next)
    }
    return failure(`missing or changed on the way: ${changed.join(', ')}`, next)
  },
}
