import { REVIEW, type ReviewItem } from './review.ts'
import type { Line } from './run-checks.ts'
import type { Status } from './check.ts'

const MARKS: Record<Status, string> = { pass: 'pass', warning: 'WARN', failure: 'FAIL', skip: 'skip' }

/** The same finding about several parts of a check becomes one, with all their titles. */
export function folded(lines: readonly Line[]): Line[] {
  const groups = Map.groupBy(lines, ({ status, says, next }) => JSON.stringify([status, says, next]))
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (!first) return []
    const parts = others.map(({ title }) => title.split(', ').at(-1))
    return { ...first, title: [...new Set([first.title, ...parts])].join(', ') }
  })
}

/** One line, and one more where something is to be done. */
export function lineOf({ status, title, says, next, code }: Line): string {
  const line = `${MARKS[status]}  ${title}: ${says}${code === undefined ? '' : ` (${code})`}`
  return next === null ? line : `${line}\n      → ${next}`
}

/** `{ pass: 12, … }` */
export function countsOf(lines: readonly Line[]): Record<Status, number> {
  const counts = { pass: 0, warning: 0, failure: 0, skip: 0 }
  for (const { status } of lines) counts[status] += 1
  return counts
}

export function summaryOf(lines: readonly Line[]): string {
  const { pass, warning, failure, skip } = countsOf(lines)
  return `${pass} passed, ${warning} with a warning, ${failure} failed, ${skip} not tried.`
}

const HEADINGS: readonly (readonly [ReviewItem['by'], string])[] = [
  ['service', 'Covered by this service'],
  ['both', 'Half done by this service'],
  ['vendor', 'Yours to do'],
]

/** The list of Wazzup's review, by who has to do what. */
export function reviewText(): string {
  const parts = HEADINGS.map(([by, heading]) => {
    const lines = REVIEW.filter((one) => one.by === by).map(
      ({ item, says, everyScheme }) =>
        `    ${item}${everyScheme ? '' : ' (only with client management)'}\n      → ${says}`,
    )
    return [`  ${heading}:`, ...lines].join('\n')
  })
  return ['What Wazzup looks at before it publishes a module:', ...parts].join('\n')
}
