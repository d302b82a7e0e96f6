import { Command } from 'commander'
import { Reason } from '../http/internal/schemas/installs.ts'
import { systemClock } from '../shared/clock.ts'
import type { AuditEntry, Installs } from '../store/port.ts'
import { BadUsage } from './bad-usage.ts'
import { operator } from './operator.ts'
import { print, table, type OutputOptions } from './output.ts'
import { action } from './run-command.ts'
import { withStore } from './with-store.ts'

const examples = `
A pause turns new attempts away, with a page that says when to come back. What is under way goes on.

Examples:
  wauth installs
  wauth installs pause --reason "the CRM is being moved until six"
  wauth installs resume`

/** `wauth installs`: the kill switch. Without another word it shows how it stands. */
export const installsCommand = () =>
  new Command('installs')
    .addCommand(statusCommand(), { isDefault: true })
    .addCommand(pauseCommand())
    .addCommand(resumeCommand())
    .addHelpText('after', examples)

const statusCommand = () =>
  new Command('status')
    .description('Show whether new installs are paused, and who has paused and resumed them.')
    .option('--json', 'as JSON')
    .action(action(status))

const pauseCommand = () =>
  new Command('pause')
    .description('Turn new attempts away, on every replica from this moment on.')
    .requiredOption('--reason <text>', 'why: for operators, no customer sees it')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  wauth installs pause --reason "the CRM is being moved until six"\n')
    .action(action(pause))

const resumeCommand = () =>
  new Command('resume')
    .description('Let new attempts in again.')
    .option('--json', 'as JSON')
    .action(action(resume))

/** Changes that are shown; older ones stay in the database. */
const MOST = 20

const status = (options: OutputOptions) =>
  withStore(async ({ installs, audit }) => {
    print({ ...(await installs.read()), audit: await audit.of('', MOST) }, options, (now) =>
      now.audit.length === 0 ? inWords(now) : `${inWords(now)}\n\n${changes(now.audit)}`,
    )
  })

const pause = ({ reason, ...output }: OutputOptions & { reason: string }) => {
  const read = Reason.safeParse(reason)
  if (!read.success)
    throw new BadUsage(
      `--reason is not usable: ${read.error.issues[0]?.message ?? ''}`,
      'Say it in a sentence.',
    )
  return set(read.data, output)
}

const resume = (output: OutputOptions) => set(null, output)

const set = (reason: string | null, output: OutputOptions) =>
  withStore(async ({ installs }) => {
    print(await installs.set(reason, operator(), systemClock()), output, inWords)
  })

function inWords({ paused, reason, changedBy, changedAt }: Installs): string {
  const change = changedAt && `${changedAt.toISOString()}, by ${changedBy ?? 'somebody'}`
  if (!paused) return `New installs are not paused.${change ? ` Resumed: ${change}` : ''}`
  return [
    'New installs are paused: new attempts get a page that says when to come back. What is under way goes on.',
    `${'Reason'.padEnd(24)}${reason ?? ''}`,
    `${'Paused'.padEnd(24)}${change ?? ''}`,
    `${'To let them in again'.padEnd(24)}wauth installs resume`,
  ].join('\n')
}

const changes = (audit: readonly AuditEntry[]) =>
  table(
    ['AT', 'WHAT', 'WHO', 'FROM'],
    audit.map(({ at, action: what, userName, userId, address }) => [
      at.toISOString(),
      what,
      `${userName} (${userId})`,
      address,
    ]),
  )
