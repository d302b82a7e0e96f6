import { isPendingReason, type FailureReason, type Result } from '../../../connect/outcome.ts'
import { LONGEST_NAME, shownText } from '../../../shared/visible-text.ts'
import { attemptPath, loginAgainPath } from './attempt-path.ts'
import type { Links } from './links.ts'
import type { ResultPage } from './model.ts'
import type { Action, Notice } from './notice.ts'
import { nextOf, uploadView } from './upload-view.ts'
import type { Words } from './words.ts'

const SECONDS_PER_MINUTE = 60

type Saying = Pick<Notice, 'tone' | 'title' | 'text' | 'next'>

/** The result of an attempt: what happened, and what this person can do next. */
export const resultView = (page: ResultPage, words: Words, links: Links): Notice => {
  const { result } = page
  return {
    ...sayingOf(result, words, links),
    subject: result.crmAccountName === null ? null : shownText(result.crmAccountName, LONGEST_NAME),
    actions: actionsOf(page, words, links),
    supportId: result.supportId,
    watch: result.status === 'pending' ? watchOf(result, words) : null,
    upload: result.upload === null ? null : uploadView(result.upload, words, links),
  }
}

const sayingOf = (result: Result, words: Words, links: Links): Saying => {
  const { say } = words
  switch (result.status) {
    case 'connected': {
      const next = nextOf(result.upload, words, links)
      return { tone: 'good', title: say('connected.title'), text: say('connected.text'), next }
    }
    case 'pending': {
      const key = isPendingReason(result.reason) ? result.reason : 'pending'
      return { tone: 'busy', title: say(`${key}.title`), text: say(`${key}.text`), next: say(`${key}.next`) }
    }
    case 'cancelled': {
      const next = say(result.retry === 'login' ? 'cancelled.next_login' : 'cancelled.next')
      return { tone: 'calm', title: say('cancelled.title'), text: say('cancelled.text'), next }
    }
    case 'expired':
      return {
        tone: 'late',
        title: say('expired.title'),
        text: say('expired.text'),
        next: say('expired.next'),
      }
    case 'failed':
      return failureSaying(result, words)
  }
}

const failureSaying = (result: Result, words: Words): Saying => {
  const { say } = words
  const key = `failed.${reasonOf(result)}` as const
  const next = result.retry === 'confirm' ? sendAgainSaying(result, words) : say(`${key}.next`)
  return { tone: 'bad', title: say(`${key}.title`), text: say(`${key}.text`), next }
}

/** A failure always has its reason; what a page says without one must at least be true. */
const reasonOf = ({ reason }: Result): FailureReason =>
  reason === null || isPendingReason(reason) ? 'restart_needed' : reason

const sendAgainSaying = ({ retryAfter }: Result, { say }: Words) => {
  const again = say('retry_confirm')
  if (retryAfter === null || retryAfter < 1) return again
  const wait =
    retryAfter < SECONDS_PER_MINUTE
      ? say('wait.seconds', { count: Math.ceil(retryAfter) })
      : say('wait.minutes', { count: Math.ceil(retryAfter / SECONDS_PER_MINUTE) })
  return `${again} ${wait}`
}

/** One way on hides no other: what the sentences name can be pressed. */
const actionsOf = (page: ResultPage, { say }: Words, links: Links): Action[] => [
  ...waysHere(page, say, links),
  ...(links.wazzup !== null && continuesInWazzup(page.result)
    ? [{ kind: 'link' as const, href: links.wazzup, label: say('action.open_wazzup') }]
    : []),
]

function waysHere({ attemptId, csrfToken, result }: ResultPage, say: Words['say'], links: Links): Action[] {
  if (result.status === 'connected' && links.done !== null) {
    return [{ kind: 'link', href: links.done, label: say('action.continue') }]
  }
  if (result.retry === 'login') {
    const isOther = result.reason !== 'login_failed' && result.status !== 'cancelled'
    const label = say(isOther ? 'action.other_user' : 'action.login_again')
    return [{ kind: 'link', href: loginAgainPath(attemptId), label }]
  }
  if (result.retry === 'confirm' && csrfToken !== null) {
    const href = attemptPath(attemptId, 'confirm')
    return [{ kind: 'send', href, label: say('action.try_again'), csrfToken }]
  }
  return []
}

const MENDED_BY_A_NEW_LINK: readonly Result['reason'][] = [
  'state_refused',
  'login_misconfigured',
  'wazzup_unavailable',
  'restart_needed',
]

/** Whether the next thing to do, if any, is done there. */
const continuesInWazzup = ({ status, reason, retry }: Result) =>
  status === 'failed' ? MENDED_BY_A_NEW_LINK.includes(reason) && retry !== 'confirm' : status !== 'pending'

const watchOf = ({ status, reason }: Result, { say }: Words): Notice['watch'] => ({
  status,
  reason: reason ?? '',
  still: say('watch.still'),
  offline: say('watch.offline'),
  done: say('watch.done'),
})
