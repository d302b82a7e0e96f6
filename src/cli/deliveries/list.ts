import { Command, InvalidArgumentError, Option } from 'commander'
import type { Delivery } from '../../store/port.ts'
import { count } from '../count.ts'
import { print, table, type OutputOptions } from '../output.ts'
import { action } from '../run-command.ts'
import { withStore } from '../with-store.ts'

interface Options extends OutputOptions {
  connection?: string
  status?: Delivery['status']
  limit: number
  after: number
}

export const listCommand = () =>
  new Command('list')
    .description('List the events that the CRM is told, the oldest first.')
    .option('--connection <crmAccountId>', 'only those of this CRM account')
    .addOption(
      new Option('--status <status>', 'only these').choices(['waiting', 'delivered', 'failed', 'dropped']),
    )
    .option('--limit <n>', 'how many at the most', count, 100)
    .option('--after <number>', 'go on behind this one', number, 0)
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  wauth deliveries list --status failed\n  wauth deliveries list --connection acme --json\n',
    )
    .action(action(list))

const list = ({ connection, status, limit, after, json }: Options) =>
  withStore(async (store) => {
    const page = { crmAccountId: connection ?? null, status: status ?? null, after, limit }
    const found = await store.deliveries.list(page)
    print(found, json ? { json } : {}, (shown) => words(shown, limit))
  })

const HEADINGS = [
  'NUMBER',
  'ID',
  'CRM ACCOUNT',
  'TYPE',
  'STATUS',
  'CREATED AT',
  'TRIES',
  'REASON',
  'NEXT TRY',
]

function words(found: readonly Delivery[], limit: number): string {
  if (found.length === 0) return 'None. What is delivered is kept for three days.'
  const more = found.length === limit ? `\n\nThere may be more: --after ${found.at(-1)?.number ?? 0}` : ''
  return table(HEADINGS, found.map(toRow)) + more
}

const toRow = ({ number: n, id, crmAccountId, type, status, createdAt, tries, reason, dueAt }: Delivery) => [
  ...[String(n), id, crmAccountId, type, status, createdAt.toISOString(), String(tries)],
  ...[reason ?? '-', dueAt?.toISOString() ?? '-'],
]

function number(text: string): number {
  const n = Number(text)
  if (!Number.isSafeInteger(n) || n < 0) throw new InvalidArgumentError('A whole number.')
  return n
}
