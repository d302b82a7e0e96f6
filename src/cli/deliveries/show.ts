import { Command } from 'commander'
import { AppError } from '../../shared/app-error.ts'
import { print, type OutputOptions } from '../output.ts'
import { action } from '../run-command.ts'
import { withStore } from '../with-store.ts'

export const showCommand = () =>
  new Command('show')
    .description('Show one event that the CRM is told, with what is sent.')
    .argument('<id>', 'as the list or webhook-id names it')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  wauth deliveries show evt_3f9a2c81d0b4_Zb5Vc1oUu0J9c1Yw_1\n')
    .action(action(show))

const show = (id: string, options: OutputOptions) =>
  withStore(async (store) => {
    const found = await store.deliveries.find(id)
    if (!found) throw unknownDelivery()
    const text = found.body()
    const shown = { ...found, body: text === null ? null : (JSON.parse(text) as unknown) }
    print(shown, options, (delivery) =>
      [
        ['Event', delivery.id],
        ['Type', delivery.type],
        ['CRM account', delivery.crmAccountId],
        ['Status', delivery.status],
        ['Tries', String(delivery.tries)],
        ['Reason', delivery.reason ?? '-'],
        ['Created at', delivery.createdAt.toISOString()],
        ['Next try', delivery.dueAt?.toISOString() ?? '-'],
        ['Body', delivery.body === null ? 'no longer kept' : JSON.stringify(delivery.body)],
      ]
        .map(([name = '', value = '']) => `${name.padEnd(14)}${value}`)
        .join('\n'),
    )
  })

/** No event has this id, or it was delivered long ago. */
export const unknownDelivery = () =>
  new AppError('No such event is known', {
    code: 'unknown_delivery',
    hint: 'List them: wauth deliveries list. What is delivered or dropped is kept for three days.',
  })
