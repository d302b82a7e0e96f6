import { Command } from 'commander'
import { disconnectAccount, type Disconnected } from '../../keys/disconnect.ts'
import { createLogger } from '../../observability/logger.ts'
import { systemJitter } from '../../shared/backoff.ts'
import { systemClock } from '../../shared/clock.ts'
import { systemRandom } from '../../shared/random.ts'
import { WAZZUP_CALL } from '../../shared/wazzup-deadline.ts'
import type { Store } from '../../store/port.ts'
import type { Settings } from '../../settings.ts'
import { createAuthorizedCall } from '../../wazzup/authorized-call.ts'
import { confirmingRefusals } from '../../keys/health.ts'
import { createWazzupClient } from '../../wazzup/client.ts'
import { createWebhooks } from '../../wazzup/webhooks.ts'
import { confirmed } from '../ask.ts'
import { operator } from '../operator.ts'
import { print, type OutputOptions } from '../output.ts'
import { action } from '../run-command.ts'
import { unknownConnection } from '../unknown-connection.ts'
import { withStore } from '../with-store.ts'

interface Options extends OutputOptions {
  yes?: true
}

export const disconnectCommand = () =>
  new Command('disconnect')
    .description('End a connection: its keys are refused at once everywhere and erased, its history is kept.')
    .argument('<crmAccountId>', 'the CRM account, as its login names it')
    .option('--yes', 'do not ask')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  wauth connections disconnect acme\n  wauth connections disconnect acme --yes\n',
    )
    .action(action(run))

const run = (crmAccountId: string, options: Options) =>
  withStore(async (store, settings) => {
    const connection = await store.connections.find(crmAccountId)
    const question = connection
      ? `Disconnect ${connection.crmAccountName} (${crmAccountId})? Its webhooks will be refused.`
      : `${crmAccountId} has never been connected. End what may be under way for it?`
    if (!options.yes && !(await confirmed(question))) {
      process.stderr.write('Nothing was changed.\n')
      return
    }
    const ended = await end(crmAccountId, store, settings)
    print({ status: 'disconnected', subscriptions: ended }, options, ({ subscriptions }) =>
      ['Disconnected. Its keys are refused from now on.', NEXT[subscriptions]].join('\n'),
    )
  })

type Ending = Disconnected['subscriptions'] | 'ended_before'

async function end(
  crmAccountId: string,
  store: Store,
  { wazzup, webhooksUrl, wayOut }: Settings,
): Promise<Ending> {
  const client = createWazzupClient({ apiUrl: wazzup.apiUrl, wayOut, ...WAZZUP_CALL })
  const webhooks = createWebhooks(confirmingRefusals(createAuthorizedCall(client, systemClock)))
  try {
    const environment = { clock: systemClock, random: systemRandom, jitter: systemJitter }
    const deps = { store, webhooks, webhooksUrl, ...environment, log: createLogger('silent') }
    const outcome = await disconnectAccount(crmAccountId, operator(), deps)
    if (outcome.kind === 'unknown') throw unknownConnection()
    return outcome.kind === 'disconnected' ? outcome.subscriptions : outcome.kind
  } finally {
    await client.close()
  }
}

const REMOVE = 'Ask the customer to remove the integration in Wazzup: there is no route for that.'

/** What has become of the webhooks, and what is left to do. */
const NEXT: Record<Ending, string> = {
  off: `Wazzup sends no more webhooks for it. ${REMOVE}`,
  none: `Wazzup had no webhooks address for it. ${REMOVE}`,
  left_to_their_owner: `Another system has its webhooks address there, or another connection has that Wazzup account; they were left alone. ${REMOVE}`,
  failed: `Wazzup could not be told. The running service goes on trying for a day, unless Wazzup refuses the apiKey; webhooks are answered 401 meanwhile. ${REMOVE}`,
  ended_before: 'It was disconnected before; nothing had to be done.',
}
