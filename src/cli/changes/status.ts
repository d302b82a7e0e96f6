import { Command } from 'commander'
import { shownStanding, type ShownStanding } from '../../changes/standing.ts'
import { printable } from '../../shared/printable.ts'
import { sleep } from '../../shared/sleep.ts'
import type { ChangeReject, ChangesStanding, Store } from '../../store/port.ts'
import { wasSent } from '../../upload/rules/rule.ts'
import { everyRow } from '../every-row.ts'
import { print, table, type OutputOptions } from '../output.ts'
import { action } from '../run-command.ts'
import { unknownConnection } from '../unknown-connection.ts'
import { waitOf } from '../upload/waits.ts'
import { withStore } from '../with-store.ts'

interface Options extends OutputOptions {
  watch?: true
  rejects?: true
}

export const statusCommand = () =>
  new Command('status')
    .description('Show how many changes wait, for how long and what for, and how many were sent or rejected.')
    .argument('<crmAccountId>', 'the CRM account, as its login names it')
    .option('--watch', 'stay until none waits')
    .option('--rejects', 'list what could not be sent, and why')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  wauth changes status acme --watch\n  wauth changes status acme --rejects --json\n',
    )
    .action(action(status))

const status = (crmAccountId: string, { watch, rejects, ...output }: Options) =>
  withStore(async (store) => {
    const standing = watch ? await untilNoneWaits(store, crmAccountId) : await standingOf(store, crmAccountId)
    if (rejects) await listRejects(store, { crmAccountId, standing }, output)
    else print(shownStanding(standing), output, words)
  })

async function standingOf(store: Store, crmAccountId: string): Promise<ChangesStanding> {
  const found = await store.changes.find(crmAccountId)
  if (!found) throw unknownConnection()
  return found
}

const LOOK_EVERY = 500

async function untilNoneWaits(store: Store, crmAccountId: string): Promise<ChangesStanding> {
  let said = ''
  for (;;) {
    const standing = await standingOf(store, crmAccountId)
    if (standing.waiting === 0) return standing
    const line = headline(shownStanding(standing))
    if (line !== said) process.stderr.write(`${line}\n`)
    said = line
    await sleep(LOOK_EVERY)
  }
}

const headline = ({ waiting, oldestSeconds, waitsFor }: ShownStanding): string => {
  if (waiting === 0) return 'Changes: none waits'
  const why =
    waitsFor === null ? '' : `, ${WAITS[waitsFor] ?? waitOf({ status: 'running', reason: waitsFor })}`
  return `Changes: ${waiting} wait, the oldest for ${oldestSeconds ?? 0} s${why}`
}

/** What no upload waits for. */
const WAITS: Readonly<Record<string, string>> = {
  upload: 'waits: an upload sends the same data (upload); they are sent when it is through',
  key_refused: 'waits: Wazzup refuses the apiKey (key_refused); the customer has to connect once more',
  no_api_key: 'waits: the apiKey cannot be read (no_api_key); the customer has to connect once more',
}

const words = (standing: ShownStanding): string =>
  [
    headline(standing),
    '',
    table(
      ['SENT', 'REJECTED', 'DROPPED'],
      [[String(standing.sent), String(standing.rejected), String(standing.dropped)]],
    ),
  ].join('\n')

/** What could not be sent, or not whole: kind, id, reason. Names and phones are not kept. */
async function listRejects(
  store: Store,
  { crmAccountId, standing }: { crmAccountId: string; standing: ChangesStanding },
  output: OutputOptions,
) {
  const rows = await everyRow((page) => store.changes.rejects(crmAccountId, page))
  const all = rows.map(({ kind, op, rowId, reason, at }) => ({ kind, op, rowId, reason, at }))
  const unlisted = standing.rejected - all.filter((one) => !wasSent(one)).length
  print(all, output, (rejects) => rejectWords(rejects, unlisted))
}

function rejectWords(rejects: readonly (ChangeReject & { at: Date })[], unlisted: number): string {
  if (rejects.length === 0 && unlisted <= 0) return 'Nothing was rejected.'
  const rows = rejects.map(({ kind, op, rowId, reason, at }) => [
    ...[at.toISOString(), op, kind, printable(rowId), printable(reason)],
  ])
  const more = unlisted > 0 ? [`… and ${unlisted} older ones, which were counted but are not kept.`] : []
  return [table(['AT', 'OP', 'KIND', 'ID', 'REASON'], rows), ...more].join('\n')
}
