import type { Blame } from './failure-kinds.ts'
import { FAILURES } from './failures.ts'

const WHOSE: Record<Blame, string> = {
  vendor: '**yours**',
  person: 'the person',
  anybody: 'anybody',
  outage: 'passes',
  us: 'ours',
}

/** A Markdown table of all codes. */
export const renderFailures = (): string => {
  const rows = Object.entries(FAILURES).map(
    ([code, { blame, says }]) =>
      `| \`${code}\` | ${WHOSE[blame]} | ${says.replaceAll(/\{(\w+)\}/g, '‹$1›')} |`,
  )
  return ['| Code | Whose | What it means, and what to do |', '| --- | --- | --- |', ...rows, ''].join('\n')
}
