import { Command } from 'commander'
import { databaseUrl, type DatabaseAddress } from '../config/fields/database-url.ts'
import { openCopier, tryEveryValue } from '../store/index.ts'
import { StoreUnusable } from '../store/errors.ts'
import { BadUsage } from './bad-usage.ts'
import { readEnvironment } from './environment.ts'
import { print, type OutputOptions } from './output.ts'
import { showProgress } from './progress.ts'
import { action } from './run-command.ts'

interface Options extends OutputOptions {
  from: string
  to?: string
}

export const copyCommand = () =>
  new Command('copy')
    .description('Copy a database of a stopped service into an empty one of another engine.')
    .requiredOption('--from <url>', 'what is copied, written as in DATABASE_URL')
    .option(
      '--to <url>',
      'where to: wauth migrate has been run on it, and nothing else (default: DATABASE_URL)',
    )
    .option('--json', 'as JSON')
    .addHelpText('after', HELP)
    .action(action(copy))

const HELP = `
How to move to PostgreSQL:
  1. DATABASE_URL=postgres://… wauth migrate
  2. stop the service
  3. wauth migrate copy --from file:…, with the new DATABASE_URL; a run that was broken off goes on where it stood
  4. start the service with the new DATABASE_URL

At the end the rows of both are counted, and every sealed value of the new one is opened with ENCRYPTION_KEYS.

Examples:
  wauth migrate copy --from file:./data/wauth.db
  wauth migrate copy --from file:./data/wauth.db --to postgres://wauth:secret@db/wauth
`

async function copy({ from, to, ...output }: Options) {
  const { encryptionKeys, database } = readEnvironment()
  const target = to === undefined ? database : addressOf('--to', to)
  const open = await openCopier(addressOf('--from', from), target)
  try {
    const progress = showProgress('Copying', open.toDo)
    let copied = 0
    for await (const rows of open.copy()) progress.at((copied += rows))
    progress.end()
    const tables = await open.compare()
    const { opened, closed } = await tryEveryValue({ database: target, encryptionKeys })
    if (closed.length > 0) throw notOpening(closed.length)
    print({ copied, tables, opened }, output, words)
  } finally {
    await open.close()
  }
}

function addressOf(option: string, text: string): DatabaseAddress {
  const { success, data } = databaseUrl().safeParse(text)
  if (success) return data
  throw new BadUsage(
    `${option} is no address of a database`,
    'Write it as in DATABASE_URL: file:<path> or postgres://…',
  )
}

const notOpening = (count: number) =>
  new StoreUnusable(`${count} sealed values of the copy do not open`, {
    code: 'copy_does_not_open',
    hint: 'Give ENCRYPTION_KEYS every key that the source was sealed with, and run this again. wauth check names the values.',
  })

interface Result {
  copied: number
  tables: Record<string, number>
  opened: number
}

const words = ({ copied, tables, opened }: Result): string =>
  [
    `Copied ${copied} rows; both databases now hold the same number of them:`,
    ...Object.entries(tables).map(([table, rows]) => `  ${table.padEnd(16)} ${rows}`),
    `Every sealed value of the copy opens (${opened}). Next: put the new address into DATABASE_URL, and start the service.`,
  ].join('\n')
