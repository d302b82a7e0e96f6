import { AppError } from '../shared/app-error.ts'

/**
 * The text of a document with `table` between the two marks of this name. Tables stay as generated: the formatter would pad
 * every row to the longest.
 * @throws {AppError} when a mark is missing
 */
export function replaceBlock(text: string, name: string, table: string): string {
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`]
  const [before, rest] = text.split(start)
  const after = rest?.split(end)[1]
  if (before === undefined || after === undefined) {
    throw new AppError(`The document has no place for the table ${name}`, {
      code: 'document_marks_missing',
      hint: `Put ${start} and ${end} on lines of their own.`,
    })
  }
  const block = [start, '<!-- prettier-ignore-start -->', '', table, '<!-- prettier-ignore-end -->', end]
  return before + block.join('\n') + after
}
