import { Command } from 'commander'
import { print } from '../output.ts'
import { action } from '../run-command.ts'
import { nothingKept } from '../unknown-connection.ts'
import type { PersonsKept } from '../../store/port.ts'
import { withStore } from '../with-store.ts'

export const exportCommand = () =>
  new Command('export')
    .description('Print what is kept of the persons of a CRM account, as JSON. Never a key.')
    .argument('<crmAccountId>', 'the CRM account, as its login names it')
    .addHelpText('after', '\nExample:\n  wauth connections export acme > acme.json\n')
    .action(action(run))

const run = (crmAccountId: string) =>
  withStore(async ({ connections }) => {
    const kept = await connections.persons(crmAccountId)
    if (!kept) throw nothingKept()
    print({ ...kept, changes: kept.changes.map(shownChange) }, { json: true }, () => '')
  })

const shownChange = ({ kind, rowId, row }: PersonsKept['changes'][number]) => ({
  ...{ kind, rowId },
  row: row === null ? null : (JSON.parse(row) as unknown),
})
