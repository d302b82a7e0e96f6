import { isPendingReason, type Result } from '../connect/outcome.ts'
import { STATUSES } from '../http/public/statuses.ts'
import { ADVICE } from '../support/advice.ts'
import { TROUBLES } from '../upstream/connection-trouble.ts'
import { UPLOAD_ADVICE } from '../support/upload-advice.ts'

const isPending = (reason: string) => isPendingReason(reason as Result['reason'])

/** A Markdown table of all that a customer can be told. Reasons of one and the same advice share a row. */
export function renderAdvice(): string {
  const rows = Map.groupBy(Object.entries(ADVICE), ([, { cause, toDo, sees }]) =>
    [sees, cause, toDo].join('\n'),
  )
  const lines = [...rows.values()].map((same) => {
    const reasons = same.map(([reason]) => `\`${reason}\``).join(', ')
    const statuses = [
      ...new Set(same.map(([reason]) => STATUSES[reason] ?? (isPending(reason) ? STATUSES['pending'] : ''))),
    ]
    const { sees = '', cause = '', toDo = '' } = same[0]?.[1] ?? {}
    return `| ${sees} (${reasons}) | ${statuses.join(', ')} | ${cause} | ${toDo} |`
  })
  return [
    '| They see (`reason`) | Status | Cause | What to do |',
    '| --- | --- | --- | --- |',
    ...lines,
    '',
  ].join('\n')
}

/** The same of all reasons why a step of an upload fails. */
export function renderUploadAdvice(): string {
  const lines = UPLOAD_ADVICE.map(
    ({ reasons, toDo }) => `| ${reasons.map((reason) => `\`${reason}\``).join(' ')} | ${toDo} |`,
  )
  return ['| Why a step failed | What to do |', '| --- | --- |', ...lines, ''].join('\n')
}

/** The same of all ways in which a connection does not come about. */
export function renderTroubles(): string {
  const lines = TROUBLES.map(({ codes, says, next }) => {
    const code = codes.source.replaceAll(/[\^$]/g, '').replaceAll('|', '\\|')
    return `| ${says} | ${next} | \`${code}\` |`
  })
  return ['| Seen | What to do | Code |', '| --- | --- | --- |', ...lines, ''].join('\n')
}
