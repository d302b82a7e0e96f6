import { Command } from 'commander'
import { eraseAccount } from '../../keys/erase.ts'
import { createLogger } from '../../observability/logger.ts'
import { AppError } from '../../shared/app-error.ts'
import { systemClock } from '../../shared/clock.ts'
import type { Remains } from '../../store/port.ts'
import { confirmed } from '../ask.ts'
import { operator } from '../operator.ts'
import { print, type OutputOptions } from '../output.ts'
import { action } from '../run-command.ts'
import { nothingKept } from '../unknown-connection.ts'
import { withStore } from '../with-store.ts'

interface Options extends OutputOptions {
  yes?: true
  rewrite?: true
}

export const eraseCommand = () =>
  new Command('erase')
    .description(
      'Erase the persons of a connection that has ended: ids, names and addresses. The facts stay.',
    )
    .argument('<crmAccountId>', 'the CRM account, as its login names it')
    .option('--rewrite', 'rewrite the file of a large SQLite database, too; nobody can connect meanwhile')
    .option('--yes', 'do not ask')
    .option('--json', 'as JSON')
    .addHelpText('after', HELP)
    .action(action(run))

const HELP = `
Emptied are ids and names of users, their addresses, and the names of the account, in every table; what was done, and when,
stays. It says where parts of them may still lie: that differs by database. To erase twice is as good as once.

Exit code 0 when it is done, 1 while the account is connected, or is being connected: disconnect it first.

Examples:
  wauth connections export acme > acme.json
  wauth connections disconnect acme
  wauth connections erase acme
`

const run = (crmAccountId: string, { yes, rewrite, ...output }: Options) =>
  withStore(async (store) => {
    const question = `Erase who has connected ${crmAccountId}, for good?`
    if (!yes && !(await confirmed(question))) {
      process.stderr.write('Nothing was changed.\n')
      return
    }
    const by = { ...operator(), whole: rewrite === true }
    const erased = await eraseAccount(crmAccountId, by, {
      ...{ store, clock: systemClock, log: createLogger('silent') },
    })
    if (erased.kind === 'unknown') throw nothingKept()
    if (erased.kind === 'not_ended') throw notEnded(crmAccountId)
    const { rows, remains } = erased
    print({ status: 'erased', rows, remains }, output, words)
  })

const words = ({ rows, remains }: { rows: number; remains: Remains[] }) =>
  [
    rows === 0 ? 'Nothing of a person was left in its rows.' : `Erased, in ${rows} rows.`,
    'What may still hold something:',
    ...remains.map(({ detail }) => `- ${detail}`),
  ].join('\n')

const notEnded = (crmAccountId: string) =>
  new AppError('The CRM account is connected, or may still become so', {
    code: 'still_connected',
    hint: `End it first: wauth connections disconnect ${crmAccountId}`,
  })
