import { Command } from 'commander'
import { AppError } from '../../shared/app-error.ts'
import type { Store } from '../../store/port.ts'
import { BadUsage } from '../bad-usage.ts'
import { print, type OutputOptions } from '../output.ts'
import { action } from '../run-command.ts'
import { withStore } from '../with-store.ts'
import { unknownDelivery } from './show.ts'

interface Options extends OutputOptions {
  failed?: true
}

type Act = 'retry' | 'drop'

const command = (act: Act, { what, done }: { what: string; done: string }) =>
  new Command(act)
    .description(what)
    .argument('[id]', 'as the list or webhook-id names it')
    .option('--failed', 'all that have failed')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `\nExamples:\n  wauth deliveries ${act} evt_3f9a2c81d0b4_Zb5Vc1oUu0J9c1Yw_1\n  wauth deliveries ${act} --failed\n`,
    )
    .action(action((id: string | undefined, options: Options) => run({ act, done }, id, options)))

export const retryCommand = () =>
  command('retry', {
    what: 'Send an event that waits or has failed, at once.',
    done: 'to be sent by the running service',
  })

export const dropCommand = () =>
  command('drop', { what: 'Take an event away that waits or has failed: it is not sent.', done: 'dropped' })

interface Doing {
  act: Act
  /** What has become of the events. */
  done: string
}

const run = ({ act, done }: Doing, id: string | undefined, { failed, ...output }: Options) => {
  if ((id === undefined) === (failed === undefined))
    throw new BadUsage('Name one event, or all that have failed', `wauth deliveries ${act} --failed`)
  return withStore(async ({ deliveries }) => {
    const events = id === undefined ? await allFailed(act, deliveries) : await one(act, id, deliveries)
    print({ events }, output, () => `${events} ${events === 1 ? 'event' : 'events'} ${done}.`)
  })
}

async function one(act: Act, id: string, deliveries: Store['deliveries']): Promise<number> {
  if (await deliveries[act](id)) return 1
  if (!(await deliveries.find(id))) throw unknownDelivery()
  throw new AppError('The event is delivered or dropped already', {
    code: 'delivery_over',
    hint: `Look at it: wauth deliveries show ${id}`,
  })
}

const PAGE = 200

async function allFailed(act: Act, deliveries: Store['deliveries']): Promise<number> {
  let [events, after] = [0, 0]
  for (;;) {
    const page = await deliveries.list({ crmAccountId: null, status: 'failed', after, limit: PAGE })
    const last = page.at(-1)
    if (!last) return events
    for (const { id } of page) if (await deliveries[act](id)) events += 1
    after = last.number
  }
}
