import type { Locale } from './choose-locale.ts'
import type { Page } from './model.ts'

/**
 * The address of a page in another language, which it names itself: a browser without cookies follows it, too. A page of an attempt
 * is at its own address. What was asked for when a problem came may not be asked for again, and may hold a state, so
 * problems have addresses of their own.
 */
export function inLanguage(page: Page, lang: Locale): string {
  if (page.page !== 'problem') return `?lang=${lang}`
  const { problem, supportId, attemptId } = page
  const query = new URLSearchParams({
    lang,
    id: supportId,
    ...(attemptId !== null && { attempt: attemptId }),
  })
  return `/wauth/problems/${problem}?${query.toString()}`
}
