import { text } from 'node:stream/consumers'
import { Command } from 'commander'
import { createLookup } from '../../keys/lookup.ts'
import { AppError } from '../../shared/app-error.ts'
import type { ResolvedKey } from '../../store/port.ts'
import { BadUsage } from '../bad-usage.ts'
import { print, type OutputOptions } from '../output.ts'
import { action } from '../run-command.ts'
import { withStore } from '../with-store.ts'

export const lookupCommand = () =>
  new Command('lookup')
    .option('--json', 'as JSON')
    // Refused below: the refusals that come ready-made repeat what was typed. A crmKey may begin with a dash.
    .allowExcessArguments()
    .allowUnknownOption()
    .addHelpText('after', '\nExample:\n  wauth keys lookup < crm-key.txt\n')
    .action(
      action(async (options: OutputOptions, { args }: Command) => {
        if (args.length > 0) throw onCommandLine()
        await run(options)
      }),
    )

async function run(options: OutputOptions) {
  if (process.stdin.isTTY) process.stderr.write('Paste the crmKey, then press Enter and Ctrl-D:\n')
  const crmKey = (await text(process.stdin)).trim()
  await withStore(async (store) => {
    const key = await createLookup(store.keys)(crmKey)
    if (!key) throw unknown()
    print(facts(key), options, words)
  })
}

/** The apiKey itself is for handlers, not for a terminal; that it opens is worth knowing. */
const facts = (key: ResolvedKey) => ({
  connectionId: key.connectionId,
  crmAccountId: key.crmAccountId,
  crmAccountName: key.crmAccountName,
  wazzupAccountId: key.wazzupAccountId,
  generation: key.generation,
  keyStatus: key.keyStatus,
  hasApiKey: key.apiKey() !== null,
})

const words = (found: ReturnType<typeof facts>) =>
  [
    `CRM account     ${found.crmAccountName} (${found.crmAccountId})`,
    `Wazzup account  ${found.wazzupAccountId ?? 'not told'}`,
    `Connection      ${found.connectionId}, generation ${found.generation}`,
    `Key             ${found.keyStatus}; its apiKey ${found.hasApiKey ? 'is stored and opens' : 'is not there yet'}`,
  ].join('\n')

const onCommandLine = () =>
  new BadUsage(
    'A crmKey does not belong on a command line, where others can see it',
    'Write it to standard input: wauth keys lookup < crm-key.txt',
  )

const unknown = () =>
  new AppError('This crmKey belongs to no connection', {
    code: 'unknown_crm_key',
    hint: 'This service never made it, a reconnect replaced it longer ago than CRM_KEY_GRACE, or its connection has ended.',
  })
