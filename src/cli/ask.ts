import { createInterface } from 'node:readline/promises'
import { AppError } from '../shared/app-error.ts'

/**
 * Asks on the terminal and waits for a «y». Questions go to standard error, so that standard output stays what a
 * script reads.
 * @throws AppError when nobody is there to ask; the hint names `--yes`
 */
export async function confirmed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new AppError('This needs a confirmation, and there is no terminal to ask on', {
      code: 'confirmation_needed',
      hint: 'Add --yes when you are sure.',
    })
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim())
  } catch (error) {
    // Ctrl-C and Ctrl-D are a no, too.
    if (!(error instanceof Error) || error.name !== 'AbortError') throw error
    process.stderr.write('\n')
    return false
  } finally {
    terminal.close()
  }
}
