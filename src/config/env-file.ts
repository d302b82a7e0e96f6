import type { Problem } from './config-error.ts'

/** What is to be said of the lines of a `.env` file. */
export interface EnvFileFindings {
  /** Values of which a part was lost, by the name of the setting. */
  cut: ReadonlyMap<string, Problem>
  /** Values that another reader of the file would read otherwise, and names that come too late. */
  warnings: readonly Problem[]
}

const LINE = /^\s*(?:export\s+)?([\w.-]+)(?:\s*=|:(?=\s))(.*)$/

const ALIKE =
  'Give it as NAME_FILE, or write NAME=value without export, quotes, comments and blanks around it: that is read alike everywhere.'

/**
 * Compares the lines of a `.env` file with what was read from them: a `#` ends a value there, quotes and blanks around it are
 * taken away, `export` and a colon are understood, and `docker run --env-file`, systemd and others know nothing of it.
 * @param read what the reader of the file made of it, by name
 */
export function judgeEnvFile(text: string, read: Readonly<Record<string, string>>): EnvFileFindings {
  const cut = new Map<string, Problem>()
  const warnings = new Map<string, Problem>()
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const [, name = '', written = ''] = LINE.exec(line) ?? []
    const value = read[name]
    if (value === undefined) continue
    // Of several lines with one name the last counts.
    cut.delete(name)
    warnings.delete(name)
    const where = `in line ${index + 1} of .env`
    if (/^NODE_(?!ENV$)/.test(name)) warnings.set(name, tooLate(name, where))
    if (line.trimStart().replace(/\r$/, '') === `${name}=${value}`) continue
    if (isCut(written, value)) {
      const hint = `A # ends a value without quotes. ${ALIKE}`
      cut.set(name, { name, problem: `is cut at the # ${where}`, hint })
    } else
      warnings.set(name, { name, problem: `is written otherwise than it is read, ${where}`, hint: ALIKE })
  }
  return { cut, warnings: [...warnings.values()] }
}

/** A `#` without a blank before it, in a value that has no quotes: one that nothing closes is a part of the value. */
function isCut(written: string, value: string): boolean {
  const first = written.trim().charAt(0)
  const hadQuotes = /["'`]/.test(first) && !value.startsWith(first)
  return !hadQuotes && /^[^#]*[^\s#]#|^#/.test(written)
}

const tooLate = (name: string, where: string): Problem => ({
  name,
  problem: `has no effect ${where}`,
  hint: 'Node reads its own settings before the file is read: set it in the environment of the process.',
})
