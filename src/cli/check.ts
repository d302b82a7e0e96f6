import { Command } from 'commander'
import { ConfigError } from '../config/config-error.ts'
import { loadSettings } from '../settings.ts'
import { printableJson } from '../shared/printable.ts'
import { SLOWEST_ANSWER } from '../shared/slowest-answer.ts'
import { failure } from './check/check.ts'
import { handler } from './check/handler/handler.ts'
import { findLookAlikes } from './check/lookalikes.ts'
import { REVIEW } from './check/review.ts'
import { createContext, runChecks, type Line } from './check/run-checks.ts'
import { CHECKS } from './check/table.ts'
import { countsOf, folded, lineOf, reviewText, summaryOf } from './check/words.ts'
import { environmentSource } from './environment-source.ts'
import { EXIT } from './exit.ts'
import type { OutputOptions } from './output.ts'
import { action } from './run-command.ts'

interface Options extends OutputOptions {
  offline?: true
  account?: string
  handler?: true
  tenantHost?: string
  accessLog?: string[]
  quick?: true
}

const examples = `
Examples:
  wauth check                  before the first customer comes, with the service running
  wauth check --offline        in CI: only what needs no network
  wauth check --account acme   try the export with an account of your CRM
  wauth check --access-log /var/log/nginx/access.log
  wauth check --handler --account test
                               try your handler, too: it makes a contact and a deal in that account
  wauth check --json

Changes nothing at Wazzup, in your CRM and in the database, but for the contact and the deal of --handler with --account,
an account that is for tests; it opens one attempt at PUBLIC_URL, which ends by itself, and sends EVENTS_URL a test.event.
Exit code 0 without a failure, 1 with one, 78 when the settings themselves are unusable.`

/** `wauth check`: everything that goes wrong on the first day. */
export const checkCommand = () =>
  new Command('check')
    .option('--offline', 'leave out what needs the network')
    .option('--account <id>', 'the CRM account to try the export with (default: the first one connected)')
    .option(
      '--handler',
      'send your webhooks handler what Wazzup sends; with --account, a new client of that account',
    )
    .option('--tenant-host <host>', 'the host of a customer, when each has an address of their own')
    .option('--access-log <file...>', "the reverse proxy's access log, when it is on this machine")
    .option('--quick', 'leave out what takes long: an answer that is as slow as it may be')
    .option('--json', 'as JSON')
    .addHelpText('after', examples)
    .action(action(check))

async function check(options: Options): Promise<void> {
  const lines: Line[] = []
  const tell = (found: Line[]) => {
    lines.push(...found)
    if (!options.json) for (const line of folded(found)) process.stdout.write(`${lineOf(line)}\n`)
  }
  const usable = await tellAll(options, tell)
  const { failure: failures } = countsOf(lines)
  if (options.json) {
    const answer = { ok: failures === 0, counts: countsOf(lines), checks: lines, review: REVIEW }
    process.stdout.write(`${printableJson(answer)}\n`)
  } else {
    process.stdout.write(`\n${summaryOf(lines)}\n${usable ? `\n${reviewText()}\n` : ''}`)
  }
  if (!usable) process.exitCode = EXIT.configuration
  else process.exitCode = failures === 0 ? EXIT.done : EXIT.failed
}

/** Tells every line. False when the settings are unusable: then they are all there is to tell. */
async function tellAll(
  { offline, account, tenantHost, accessLog, quick, handler: sends }: Options,
  tell: (lines: Line[]) => void,
): Promise<boolean> {
  const source = environmentSource()
  try {
    const context = createContext({
      ...{ settings: loadSettings(source), source },
      ...{ account: account ?? null, tenantHost: tenantHost ?? null, accessLogs: accessLog ?? [] },
      slowest: quick ? null : SLOWEST_ANSWER,
    })
    const checks = sends ? [...CHECKS, handler] : CHECKS
    for await (const lines of runChecks(checks, context, offline === true)) tell(lines)
    return true
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    for (const { name, problem, hint } of error.problems) {
      tell([{ name: 'settings', title: 'Settings', ...failure(`${name} ${problem}`, hint) }])
    }
    tell([{ name: 'letters', title: 'Look-alike letters', ...findLookAlikes(source) }])
    return false
  }
}
