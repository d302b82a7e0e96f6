import { Command } from 'commander'
import type { AuditEntry } from '../../store/port.ts'
import { print, table, type OutputOptions } from '../output.ts'
import { action } from '../run-command.ts'
import { unknownConnection } from '../unknown-connection.ts'
import { withStore } from '../with-store.ts'
import { othersOf, withOthers, type Listed } from './with-others.ts'

/** Entries of the audit trail that are shown; older ones stay in the database. */
const MOST = 100

export const showCommand = () =>
  new Command('show')
    .description('Show one connection and what was done with it: who, what, when, from where. Never a key.')
    .argument('<crmAccountId>', 'the CRM account, as its login names it')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  wauth connections show acme\n')
    .action(action(show))

const show = (crmAccountId: string, options: OutputOptions) =>
  withStore(async (store) => {
    const connection = await store.connections.find(crmAccountId)
    if (!connection) throw unknownConnection()
    const [shown = { ...connection, alsoConnected: [] }] = await withOthers([connection], store)
    print({ ...shown, audit: await store.audit.of(crmAccountId, MOST) }, options, words)
  })

function words({ audit, ...connection }: Listed & { audit: AuditEntry[] }): string {
  const facts = [
    ['CRM account', `${connection.crmAccountName || '-'} (${connection.crmAccountId})`],
    ['Wazzup account', connection.wazzupAccountId ?? 'not told'],
    ['Status', connection.status],
    ['Generation', String(connection.generation ?? '-')],
    ['Connected at', connection.connectedAt.toISOString()],
    ['Warning', connection.warning === null ? undefined : warningOf(connection.warning)],
    ['Warning', othersOf(connection) ?? undefined],
    ['Refused by Wazzup since', connection.invalidSince?.toISOString()],
    ['Disconnected at', connection.disconnectedAt?.toISOString()],
  ].filter((fact): fact is [string, string] => fact[1] !== undefined)
  const lines = facts.map(([name, value]) => `${name.padEnd(24)}${value}`)
  return [...lines, '', table(['AT', 'WHAT', 'GENERATION', 'WHO', 'FROM'], audit.map(toRow))].join('\n')
}

/** What the reason means stands in docs/troubleshooting.md, under «Uploads». */
const warningOf = (reason: string) => `${reason} (look at it: wauth upload status <crmAccountId>)`

const toRow = ({ at, action: what, generation, userName, userId, address }: AuditEntry) => [
  at.toISOString(),
  what,
  String(generation),
  `${userName} (${userId})`,
  address,
]
