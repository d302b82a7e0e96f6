import type { Blame } from './failure-kinds.ts'
import { FAILURES } from './failures.ts'

const WHOSE: Record<Blame, string> = {
  vendor: '**yours**',
  person: 'the person',
  anybody: 'anybody',
  outage: 'passes',
  us: 'ours',
}

const TO_DO: Record<Blame, string> = {
  vendor:
    'yours to mend: the set-up of the CRM, of its provider or of the connector; the hint in the log has more',
  person: 'the person can log in again, or as another',
  anybody: 'log in again; if it is every customer, look at the set-up',
  outage: 'try again; parts.login of /readyz says what is wrong',
  us: 'report it, with the log line',
}

/** What a code means, with gaps for what was expected and found; and what to do. Null for one that is not in the table. */
export function meaningOf(code: string): { says: string; toDo: string } | null {
  if (!Object.hasOwn(FAILURES, code)) return null
  const { says, blame } = FAILURES[code as keyof typeof FAILURES]
  return { says: withGaps(says), toDo: TO_DO[blame] }
}

const withGaps = (says: string) => says.replaceAll(/\{(\w+)\}/g, '‹$1›')

/** A Markdown table of all codes. */
export const renderFailures = (): string => {
  const rows = Object.entries(FAILURES).map(
    ([code, { blame, says }]) => `| \`${code}\` | ${WHOSE[blame]} | ${withGaps(says)} |`,
  )
  return ['| Code | Whose | What it means, and what to do |', '| --- | --- | --- |', ...rows, ''].join('\n')
}
