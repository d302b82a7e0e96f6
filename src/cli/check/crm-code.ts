import { isOurs, refusalIn } from './address.ts'
import { failure, type Check } from './check.ts'

/** Whether the service at PUBLIC_URL is set up for this module. Nothing is said of one that is: a visit goes on there. */
export const crmCode: Check = {
  name: 'crm-code',
  title: 'WAZZUP_CRM_CODE',
  network: true,
  async run({ settings: { publicUrl, wazzup }, home, visit }) {
    if (!isOurs(await home()) || refusalIn(await visit()) !== 'other_module') return []
    return [
      {
        part: null,
        ...failure(
          `the service at ${publicUrl.origin} is set up for another module than ${wazzup.crmCode}`,
          'Give the service the WAZZUP_CRM_CODE of this shell, and restart it; or run this check with the settings that it has.',
        ),
      },
    ]
  },
}
