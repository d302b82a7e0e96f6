import { Command } from 'commander'
import { migrateStore } from '../store/index.ts'
import { copyCommand } from './migrate-copy.ts'
import { readEnvironment } from './environment.ts'
import { print, type OutputOptions } from './output.ts'
import { action } from './run-command.ts'

interface Options extends OutputOptions {
  plan?: true
}

export const migrateCommand = () =>
  new Command('migrate')
    .enablePositionalOptions()
    .option('--plan', 'only say what would be done')
    .option('--json', 'as JSON')
    .addHelpText('after', HELP)
    .action(action(migrate))
    .addCommand(copyCommand())

const HELP = `
On PostgreSQL the service does not start before this was run: make a copy first (wauth backup). An SQLite file is also
migrated by the start of the service, and a copy of it kept beside it. Run it from as many places as you like: each
migration is applied once, and a run that fails changes nothing.

Examples:
  wauth migrate --plan
  wauth migrate
`

async function migrate({ plan, ...output }: Options) {
  process.umask(0o077)
  const planned = plan === true
  const migrations = await migrateStore(readEnvironment(), { plan: planned })
  print({ planned, migrations }, output, words)
}

interface Result {
  planned: boolean
  migrations: string[]
}

function words({ planned, migrations }: Result): string {
  if (migrations.length === 0) return 'The database is at the schema of this version: nothing to do.'
  return [planned ? 'To be applied:' : 'Applied:', ...migrations.map((name) => `  ${name}`)].join('\n')
}
