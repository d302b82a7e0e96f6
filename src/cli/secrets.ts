import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { PAIRS } from '../config/rules.ts'
import { newWebhookSecret } from '../config/fields/webhook-secret.ts'
import { BadUsage } from './bad-usage.ts'
import { print, type OutputOptions } from './output.ts'
import { action } from './run-command.ts'

interface Options extends OutputOptions {
  database?: string
}

export const secretsCommand = () =>
  new Command('secrets')
    .argument('<folder>', 'where the files go; made if it is not there')
    .option(
      '--database <url>',
      'only a password for the user of this PostgreSQL address, and the address with it',
    )
    .option('--json', 'as JSON')
    .addHelpText('after', HELP)
    .action(action(makeSecrets))

const HELP = `
Files are named after their settings and readable for this user alone; no value is printed. Keep a copy of
ENCRYPTION_KEYS where no copy of the database is: without it a backup is lost.

Examples:
  wauth secrets ./secrets
  wauth secrets /secrets/database --database postgres://wauth@database/wauth
`

/** One secret: its name, and how it is made once the ones before it are there. */
type Recipe = readonly [name: string, make: (kept: (name: string) => string) => string]

const text = () => randomBytes(32).toString('base64url')

const RECIPES: readonly Recipe[] = [
  ['ENCRYPTION_KEYS', () => `k1:${randomBytes(32).toString('base64')}`],
  ['WAZZUP_SECRET', text],
  ['HANDOFF_SECRET', text],
  ['INTERNAL_TOKEN', text],
  ['CRM_EXPORT_TOKEN', text],
  ['EVENTS_SECRET', newWebhookSecret],
]

/** The server's image reads the password under its own name. */
const forDatabase = (url: URL): readonly Recipe[] => [
  ['POSTGRES_PASSWORD', text],
  ['DATABASE_URL', (kept) => withPassword(url, kept('POSTGRES_PASSWORD'))],
]

function withPassword(url: URL, password: string): string {
  const whole = new URL(url)
  whole.password = password
  return whole.href
}

function makeSecrets(folder: string, { database, ...output }: Options) {
  process.umask(0o077)
  mkdirSync(folder, { recursive: true })
  const recipes = database === undefined ? RECIPES : forDatabase(postgresAddress(database))
  const kept = (name: string) => readFileSync(join(folder, name), 'utf8').trimEnd()
  const secrets = recipes.map(([name, make]) => ({ name, made: keep(join(folder, name), () => make(kept)) }))
  print(secrets, output, (all) => words(all, folder))
}

/** Whole or not at all, and never over one that is there, also when another process does the same at this moment. */
function keep(path: string, make: () => string): boolean {
  const unfinished = `${path}.${process.pid}`
  writeFileSync(unfinished, `${make()}\n`, { flush: true })
  try {
    linkSync(unfinished, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    unlinkSync(unfinished)
  }
}

function postgresAddress(url: string): URL {
  const address = URL.canParse(url) ? new URL(url) : null
  if (address && /^postgres(ql)?:$/.test(address.protocol) && address.username && !address.password)
    return address
  throw new BadUsage(
    '--database is not an address without a password',
    'Write postgres://user@host/database; the password is made.',
  )
}

const words = (secrets: { name: string; made: boolean }[], folder: string) =>
  [
    ...secrets.map(({ name, made }) => `${made ? 'made' : 'kept'}  ${name}`),
    '',
    'Name those that you use in .env:',
    ...secrets.flatMap(({ name }) => lines(name, `${name}_FILE=${join(folder, name)}`)),
  ].join('\n')

/** One that is of no use by itself would stop the start: its line counts once somebody takes the mark away. */
function lines(name: string, line: string): string[] {
  const pair = PAIRS.find(([, other]) => other === name)
  return pair ? [`# together with ${pair[0]}, or not at all:`, `#${line}`] : [line]
}
