import { attemptPath } from './attempt-path.ts'
import type { Links } from './links.ts'
import type { Problem, ProblemPage } from './model.ts'
import type { Action, Notice } from './notice.ts'
import type { Words } from './words.ts'

const MENDED_BY_A_NEW_LINK: readonly Problem[] = [
  'bad_state',
  'other_module',
  'unknown_attempt',
  'not_found',
  'installs_paused',
]

/** A request that leads to no attempt: what is wrong, and where to start instead. */
export const problemView = (page: ProblemPage, { say }: Words, links: Links): Notice => {
  const key = `problem.${page.problem}` as const
  return {
    // Nothing has gone wrong: it is only not the time.
    tone: page.problem === 'installs_paused' ? 'late' : 'bad',
    title: say(`${key}.title`),
    subject: null,
    text: say(`${key}.text`),
    next: say(`${key}.next`),
    actions: actionsOf(page, say, links),
    supportId: page.supportId,
    watch: null,
    upload: null,
  }
}

const actionsOf = ({ problem, attemptId }: ProblemPage, say: Words['say'], links: Links): Action[] => {
  if (attemptId !== null) {
    return [{ kind: 'link', href: attemptPath(attemptId), label: say('action.try_again') }]
  }
  return links.wazzup !== null && MENDED_BY_A_NEW_LINK.includes(problem)
    ? [{ kind: 'link', href: links.wazzup, label: say('action.open_wazzup') }]
    : []
}
