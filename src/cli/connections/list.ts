import { Command, Option } from 'commander'
import type { Connection } from '../../store/port.ts'
import { othersOf, withOthers, type Listed } from './with-others.ts'
import { count } from '../count.ts'
import { print, table, type OutputOptions } from '../output.ts'
import { action } from '../run-command.ts'
import { withStore } from '../with-store.ts'

interface Options extends OutputOptions {
  status?: Connection['status']
  limit: number
  after?: string
}

export const listCommand = () =>
  new Command('list')
    .description('List the connections, in the order of their CRM accounts.')
    .addOption(
      new Option('--status <status>', 'only these').choices(['connected', 'invalid', 'disconnected']),
    )
    .option('--limit <n>', 'how many at the most', count, 100)
    .option('--after <crmAccountId>', 'go on behind this one')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  wauth connections list --status invalid\n  wauth connections list --json\n',
    )
    .action(action(list))

const list = ({ status, limit, after, json }: Options) =>
  withStore(async (store) => {
    const page = { status: status ?? null, limit, after: after ?? null }
    const found = await withOthers(await store.connections.list(page), store)
    print(found, json ? { json } : {}, (shown) => words(shown, limit))
  })

const HEADINGS = ['CRM ACCOUNT', 'NAME', 'WAZZUP ACCOUNT', 'STATUS', 'GENERATION', 'CONNECTED AT', 'WARNING']

function words(found: readonly Listed[], limit: number): string {
  if (found.length === 0) return 'No connections. Customers connect from the Wazzup marketplace.'
  const more =
    found.length === limit ? `\n\nThere may be more: --after ${found.at(-1)?.crmAccountId ?? ''}` : ''
  return table(HEADINGS, found.map(toRow)) + more
}

const toRow = (connection: Listed) => [
  connection.crmAccountId,
  connection.crmAccountName || '-',
  connection.wazzupAccountId ?? '-',
  connection.status,
  String(connection.generation ?? '-'),
  connection.connectedAt.toISOString(),
  warningsOf(connection).join('; ') || '-',
]

const warningsOf = (connection: Listed) => [connection.warning ?? [], othersOf(connection) ?? []].flat()
