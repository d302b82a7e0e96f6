import { digest } from '../crypto/digest.ts'
import { cutTo, INVISIBLE, LONGEST_NAME, shownText, visibleCharacters } from '../shared/visible-text.ts'
import type { LatestExchange } from '../store/port.ts'

interface Account {
  crmAccountId: string
  crmAccountName: string
}

/** What people see of a CRM account: on our pages, and in Wazzup. */
interface AccountNames {
  shown: string
  inWazzup: string
}

const LONGEST_IN_WAZZUP = 50

/**
 * Both names of one account: the confirm page shows what the exchange will send.
 * @param latest its latest exchanges, the newest first
 */
export function namesOf(
  { crmAccountId, crmAccountName }: Account,
  latest: LatestExchange[] = [],
): AccountNames {
  const name = plain(crmAccountName) || plain(crmAccountId) || 'CRM'
  return {
    shown: shownText(crmAccountName, LONGEST_NAME),
    inWazzup: toldApart(name, crmAccountId, latest),
  }
}

/**
 * Whether names have to differ is written nowhere, nor how a name that somebody else has is refused. One refusal is most often an
 * old link. So after two in a row the next exchange has a mark behind its name, always the same for one account, and those after
 * one that had it keep it. An exchange that was claimed is never given another name: it is sent as it was.
 */
function toldApart(name: string, crmAccountId: string, [last, before]: LatestExchange[]): string {
  if (!last) return name
  const mark = ` ${digest(crmAccountId).slice(0, 6)}`
  const apart = cutTo(LONGEST_IN_WAZZUP - mark.length, visibleCharacters(name)) + mark
  const isRefused = last.reason === 'state_refused' && before?.reason === 'state_refused'
  return isRefused || last.name === apart ? apart : name
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
