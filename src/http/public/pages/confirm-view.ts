import { LONGEST_NAME, shownText } from '../../../shared/visible-text.ts'
import { attemptPath, loginAgainPath } from './attempt-path.ts'
import type { ConfirmPage } from './model.ts'
import type { Words } from './words.ts'

const LONGEST_ID = 40

/** What `confirm.eta` shows: names made harmless, everything else in the visitor's language. */
export const confirmView = (page: ConfirmPage, { say, day }: Words) => ({
  title: say('confirm.title'),
  lead: say('confirm.lead'),
  note: page.note === null ? null : say(`confirm.note.${page.note}`),
  busy: page.note === 'busy',
  facts: factsOf(page, say),
  sent: { label: say('confirm.sent'), text: say(page.uploads ? 'confirm.sent_all' : 'confirm.sent_name') },
  held: page.isHeldElsewhere ? say('confirm.held') : null,
  replaced: replacedView(page, { say, day }),
  warning: { title: say('confirm.warning'), text: say('confirm.warning_text'), aware: say('confirm.aware') },
  tooEarly: say('confirm.too_early'),
  timeLeft:
    page.minutesLeft < 1
      ? say('confirm.last_minute')
      : say('confirm.minutes', { count: Math.floor(page.minutesLeft) }),
  csrfToken: page.csrfToken,
  connect: { href: attemptPath(page.attemptId, 'confirm'), label: say('action.connect') },
  cancel: { href: attemptPath(page.attemptId, 'cancel'), label: say('action.cancel') },
})

interface Fact {
  label: string
  name: string
  note?: string
  /** A way to put it right. */
  link?: { href: string; label: string }
}

const factsOf = (page: ConfirmPage, say: Words['say']): Fact[] => [
  accountFact(page, say),
  {
    ...{ label: say('confirm.user'), name: shownText(page.userName, LONGEST_NAME) },
    link: { href: loginAgainPath(page.attemptId), label: say('confirm.not_you') },
  },
  page.wazzupAccountId === null
    ? { label: say('confirm.wazzup_account'), name: say('confirm.wazzup_account_unknown') }
    : {
        ...{ label: say('confirm.wazzup_account'), name: shownText(page.wazzupAccountId, LONGEST_ID) },
        note: say('confirm.wazzup_account_told'),
      },
]

/** What Wazzup is going to show is said where it is not the same. */
const accountFact = ({ crmAccountName, nameInWazzup: name }: ConfirmPage, say: Words['say']): Fact => ({
  ...{ label: say('confirm.crm_account'), name: shownText(crmAccountName, LONGEST_NAME) },
  ...(name !== null && { note: say('confirm.name_in_wazzup', { name }) }),
})

const replacedView = ({ replaces, wazzupAccountId }: ConfirmPage, { say, day }: Words) => {
  if (replaces === null) return null
  const same = replaces.wazzupAccountId !== null && replaces.wazzupAccountId === wazzupAccountId
  return {
    title: say('confirm.replaces'),
    text: say(same ? 'confirm.replaces_same' : 'confirm.replaces_another'),
    accountLabel: say('confirm.replaces_account'),
    account:
      replaces.wazzupAccountId === null
        ? say('confirm.replaces_unknown')
        : shownText(replaces.wazzupAccountId, LONGEST_ID),
    sinceLabel: say('confirm.replaces_since'),
    since: day(replaces.connectedAt),
    sinceIso: replaces.connectedAt.toISOString(),
  }
}
