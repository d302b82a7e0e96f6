import { cutTo, INVISIBLE, shownText, visibleCharacters } from '../shared/visible-text.ts'

interface Account {
  crmAccountId: string
  crmAccountName: string
}

/** What people see of a CRM account: on our pages, and in Wazzup. */
interface AccountNames {
  shown: string
  inWazzup: string
}

const LONGEST_SHOWN = 80
const LONGEST_IN_WAZZUP = 50

/** Both names of one account: the confirm page shows what the exchange will send. */
export function namesOf({ crmAccountId, crmAccountName }: Account): AccountNames {
  return {
    shown: shownText(crmAccountName, LONGEST_SHOWN),
    inWazzup: plain(crmAccountName) || plain(crmAccountId) || 'CRM',
  }
}

const NOT_ALLOWED = new RegExp(String.raw`[^\p{L}\p{N}\p{M}. -]|${INVISIBLE}`, 'gu')

/**
 * Neither length nor characters of Wazzup's `name` are documented, so it keeps to what every reading allows: letters,
 * digits, dots, hyphens, blanks; at most 50 characters. Empty when nothing is left to read.
 */
function plain(text: string): string {
  const allowed = visibleCharacters(text).join('').replaceAll(NOT_ALLOWED, ' ')
  const name = cutTo(LONGEST_IN_WAZZUP, visibleCharacters(allowed))
  return /[\p{L}\p{N}]/u.test(name) ? name : ''
}
