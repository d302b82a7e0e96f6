import { AppError } from '../shared/app-error.ts'

/** The names of the README's tables that are made from the code: the settings, and the claims of each login. */
export type ReadmeBlock = 'settings' | `claims-${string}`

/**
 * The README's text with `table` between the two marks of its block. Tables stay as generated: the formatter would pad
 * every row to the longest.
 * @throws {AppError} when a mark is missing
 */
export function replaceReadmeBlock(readme: string, name: ReadmeBlock, table: string): string {
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`]
  const [before, rest] = readme.split(start)
  const after = rest?.split(end)[1]
  if (before === undefined || after === undefined) {
    throw new AppError(`The README has no place for the table ${name}`, {
      code: 'readme_marks_missing',
      hint: `Put ${start} and ${end} on lines of their own.`,
    })
  }
  const block = [start, '<!-- prettier-ignore-start -->', '', table, '<!-- prettier-ignore-end -->', end]
  return before + block.join('\n') + after
}
