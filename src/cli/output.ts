/** Options of every command that has something to tell: `--json` for a script, words for a person. */
export interface OutputOptions {
  json?: true
}

/** Writes an answer: as JSON when the caller asked for it, else in words. */
export function print<T>(value: T, { json }: OutputOptions, words: (value: T) => string): void {
  process.stdout.write(`${json ? toJson(value) : words(value)}\n`)
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

// What JSON.stringify leaves as it is although a terminal may obey it: later controls, and marks of direction.
const UNSAFE = /[\u007f-\u009f\p{Cf}\u2028\u2029]/gu

/** The same value for a program; for a terminal no character that does more than be seen. */
const toJson = (value: unknown): string => JSON.stringify(value, null, 2).replace(UNSAFE, toEscapes)

const toEscapes = (character: string): string =>
  character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
