import { AppError } from '../shared/app-error.ts'

const start = '<!-- settings:start -->'
const end = '<!-- settings:end -->'

/**
 * The README's text with `table` between its two settings marks. Tables stay as generated: the formatter would pad
 * every row to the longest.
 * @throws {AppError} when a mark is missing
 */
export function replaceReadmeBlock(readme: string, table: string): string {
  const [before, rest] = readme.split(start)
  const after = rest?.split(end)[1]
  if (before === undefined || after === undefined) {
    throw new AppError('The README has no place for the settings', {
      code: 'readme_marks_missing',
      hint: `Put ${start} and ${end} on lines of their own.`,
    })
  }
  const block = [start, '<!-- prettier-ignore-start -->', '', table, '<!-- prettier-ignore-end -->', end]
  return before + block.join('\n') + after
}
