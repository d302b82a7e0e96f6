import { confirmed } from '../ask.ts'
import { EXIT } from '../exit.ts'
import type { OutputOptions } from '../output.ts'

export interface AgreementOptions extends OutputOptions {
  yes?: true
  dryRun?: true
}

/**
 * Whether to go on: shows what will be sent, and asks unless `--yes` was given. With `--dry-run` the showing is all.
 * A script that reads JSON gets only the result; what is shown goes to standard error then.
 */
export async function agreed(shown: string, question: string, options: AgreementOptions): Promise<boolean> {
  const { yes, dryRun, json } = options
  const output = json ? process.stderr : process.stdout
  output.write(`${shown}\n`)
  if (dryRun) {
    if (json) process.stdout.write(`${JSON.stringify({ result: 'dry_run' }, null, 2)}\n`)
    else output.write('\nThis was a dry run: nothing was sent.\n')
    return false
  }
  if (yes || (await confirmed(`\n${question}`))) return true
  process.stderr.write('Nothing was sent.\n')
  process.exitCode = EXIT.failed
  return false
}
