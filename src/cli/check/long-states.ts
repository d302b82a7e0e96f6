import { refusalIn, isOurs } from './address.ts'
import { failure, pass, skip, type Check } from './check.ts'

/** The longest state there can be. Given twice it is refused, so that no attempt is opened. */
const LONGEST = 4096

export const longStates: Check = {
  name: 'long-states',
  title: 'Long addresses',
  network: true,
  async run({ settings: { publicUrl }, ask, home }) {
    if (!isOurs(await home())) return skip('this service did not answer')
    const url = new URL('/wauth', publicUrl)
    url.search = `?state=${'x'.repeat(LONGEST)}&state=x`
    const asked = await ask(url)
    if (refusalIn(asked) === 'bad_state') return pass(`a state of ${LONGEST} characters arrives`)
    const how = asked.kind === 'answer' ? `status ${asked.answer.status}` : asked.why
    return failure(
      `a state of ${LONGEST} characters does not arrive (${how})`,
      'Raise the limit of the reverse proxy for request lines (nginx: large_client_header_buffers 4 16k).',
    )
  },
}
