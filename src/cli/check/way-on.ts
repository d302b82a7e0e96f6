import { pass, warning, type Check } from './check.ts'

/** Where a connected customer goes from the last page. */
export const wayOn: Check = {
  name: 'way-on',
  title: 'Way on',
  network: false,
  run({ settings: { wazzup, crm } }) {
    const set = [...(wazzup.appUrl ? ['WAZZUP_APP_URL'] : []), ...(crm.doneUrl ? ['DONE_URL'] : [])]
    return set.length > 0
      ? pass(`the last page has a button for ${set.join(' and for ')}`)
      : warning(
          'the last page has no button: it only says to open Wazzup again',
          'Set WAZZUP_APP_URL to where your customers use Wazzup, DONE_URL to a page of your CRM, or both.',
        )
  },
}
