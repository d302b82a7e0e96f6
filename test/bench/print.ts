import type { Line } from './run-benchmark.ts'
import type { Target } from './benchmark.ts'
import type { Summary } from './statistics.ts'

/** Three digits say all that a figure is good for. */
export const short = (value: number) =>
  value >= 1000
    ? Math.round(value).toLocaleString('en').replaceAll(',', ' ')
    : String(Number(value.toPrecision(3)))

/** The middle, and the borders of the middle half. */
export const spread = ({ median, low, high }: Summary) => `${short(median)} (${short(low)}–${short(high)})`

/** The target as a bound; nothing where there is none. */
export const aim = (target: Target | null) => {
  if (!target) return ''
  return 'atLeast' in target ? `≥ ${short(target.atLeast)}` : `≤ ${short(target.atMost)}`
}

const VERDICTS = { true: 'met', false: 'MISSED', null: '' }

/** What one figure says, against its target. */
function row(line: Line): string[] {
  if ('skipped' in line) return [line.figure, '', '', `skipped: ${line.skipped}`, aim(line.target), '']
  const { figure, unit, subjectIs, baselineIs, ratio, target, met } = line
  const [subject, ratioText] = [`${spread(subjectIs)} ${unit}`, spread(ratio)]
  const bound = target?.of === 'subject' ? `${aim(target)} ${unit}` : aim(target)
  return [figure, subject, `${spread(baselineIs)} ${unit}`, ratioText, bound, VERDICTS[`${met}`]]
}

const HEAD = ['figure', 'subject', 'baseline', 'ratio', 'target', '']

/** The lines of one benchmark as a table: medians, with the middle half of the rounds in brackets. */
export function table(lines: readonly Line[]): string {
  const [first] = lines
  if (!first) return ''
  const rows = [HEAD, ...lines.map(row)]
  const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)))
  const text = rows.map((cells) =>
    `  ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd(),
  )
  return [`${first.benchmark}: ${first.subject} ÷ ${first.baseline}`, ...text, ''].join('\n')
}
