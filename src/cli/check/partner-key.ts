import { outcomeOf } from '../../wazzup/authorized-call.ts'
import { failure, pass, skip, warning, type Check } from './check.ts'

export const partnerKey: Check = {
  name: 'partner-key',
  title: 'Partner key',
  network: true,
  async run({ settings, ask, clock }) {
    const { partnerApiKey, apiUrl } = settings.wazzup
    if (!partnerApiKey) {
      return skip('WAZZUP_PARTNER_API_KEY is not set; only wauth module needs it')
    }
    const asked = await ask(new URL('/v3/channels', apiUrl), { token: partnerApiKey.reveal() })
    if (asked.kind === 'silent') return skip(`Wazzup did not answer: ${asked.why}`)
    const outcome = outcomeOf(asked, clock())
    if (outcome.kind === 'done') return pass('accepted by Wazzup')
    if (outcome.kind === 'key_refused') {
      return failure(
        'Wazzup does not accept WAZZUP_PARTNER_API_KEY (401)',
        'Copy the key of the API integration of your own Wazzup account again. A sandbox takes the key that it was started with.',
      )
    }
    return warning(
      `Wazzup neither accepts nor refuses it (status ${outcome.status ?? 'none'})`,
      'Run this check again; a key that stays forbidden (403) is not of an integration of the type API.',
    )
  },
}
