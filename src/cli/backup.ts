import { statSync } from 'node:fs'
import { Command } from 'commander'
import { backUpStore } from '../store/index.ts'
import type { CopyFacts } from '../store/judge-copy.ts'
import { programs, readEnvironment } from './environment.ts'
import { EXIT } from './exit.ts'
import { closedValues } from './closed-values.ts'
import { print, type OutputOptions } from './output.ts'
import { progressOfPages } from './progress.ts'
import { action } from './run-command.ts'

export const backupCommand = () =>
  new Command('backup')
    .argument('<file>', 'the copy, a file that is not there yet')
    .option('--json', 'as JSON')
    .addHelpText('after', HELP)
    .action(action(backUp))

const HELP = `
The copy is for this user alone (0600), and has its name when it is whole. It holds names, addresses and account names
in clear; apiKeys are sealed with ENCRYPTION_KEYS, which belong in another place. PostgreSQL is copied by pg_dump, which
has to be here, and of the server's version or a later one; only the tables of this service are copied.

Exit code 0 when every sealed value opens, 1 when one does not or the copy cannot be made now, 78 when somebody has to
change the set-up first.

Examples:
  wauth backup /backup/wauth-$(date +%F-%H%M).db
  wauth backup /backup/wauth.dump --json
`

async function backUp(file: string, output: OutputOptions) {
  process.umask(0o077)
  const settings = readEnvironment()
  const tell = progressOfPages('Copying')
  const facts = await backUpStore(settings, file, { tell, programs: programs() })
  const { rows, schema, opened, closed } = facts
  print({ file, bytes: statSync(file).size, rows, schema, opened, closed }, output, words)
  if (closed.length > 0) {
    process.stderr.write(`${closedValues(facts)}\n`)
    process.exitCode = EXIT.failed
  }
}

interface Result extends Pick<CopyFacts, 'rows' | 'schema' | 'opened' | 'closed'> {
  file: string
  bytes: number
}

const words = ({ file, bytes, rows, opened, closed }: Result): string =>
  [
    `The copy is in ${file}: ${rows} rows, ${bytes} bytes.`,
    closed.length === 0
      ? `Every sealed value of it opens (${opened}).`
      : `Of its sealed values ${opened} open, and ${closed.length} do not.`,
    'It holds names in clear: keep it as you keep the database, and ENCRYPTION_KEYS in another place.',
  ].join('\n')
