import { printableJson } from '../shared/printable.ts'

/** Options of every command that has something to tell: `--json` for a script, words for a person. */
export interface OutputOptions {
  json?: true
}

/** Writes an answer: as JSON when the caller asked for it, else in words. */
export function print<T>(value: T, { json }: OutputOptions, words: (value: T) => string): void {
  process.stdout.write(`${json ? printableJson(value) : words(value)}\n`)
}

/** Rows under their headings, in columns as wide as their longest cell. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headings, ...rows]
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)))
  return lines
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
