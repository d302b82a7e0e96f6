import { Command } from 'commander'
import { nearAddress } from '../config/near-address.ts'
import { seconds } from '../shared/clock.ts'
import { printable } from '../shared/printable.ts'
import { changesSince, type Changes } from '../store/changes.ts'
import { inUse, type Replaced } from '../store/held.ts'
import { judgeCopy, mustHaveKeys, type CopyFacts } from '../store/judge-copy.ts'
import { openRestore } from '../store/index.ts'
import type { Settings } from '../settings.ts'
import { confirmed } from './ask.ts'
import { closedValues } from './closed-values.ts'
import { programs, readEnvironment } from './environment.ts'
import { print, type OutputOptions } from './output.ts'
import { action } from './run-command.ts'

interface Options extends OutputOptions {
  rehearse?: true
  yes?: true
}

export const restoreCommand = () =>
  new Command('restore')
    .argument('<file>', 'a copy that wauth backup has made')
    .option('--rehearse', 'only say what would be lost; the service may run')
    .option('--yes', 'do not ask')
    .option('--json', 'as JSON')
    .addHelpText('after', HELP)
    .action(action(restore))

const HELP = `
Every sealed value of the copy is opened first. Changes of rows that wait are dropped: Wazzup may have newer ones by now, and
wauth upload start brings what the CRM has. Who was disconnected after the copy was made stays disconnected, and whose
persons were erased stays erased, though not in the file of the copy itself. Who was
connected after it has to connect again from Wazzup: their crmKey is not in the copy. New installs stay paused or open, as
they were. The replaced database is kept, with its name and the moment; for PostgreSQL as a copy beside the file.

Exit code 0 when it is done, 1 while the database is in use or when it cannot be done now, 78 when the copy is damaged, of
a newer version or of something else, or when a key is missing. Nothing is changed then.

Examples:
  wauth restore /backup/wauth-2026-11-29.db --rehearse
  wauth restore /backup/wauth-2026-11-29.db
  wauth restore /backup/wauth-2026-11-29.db --yes --json
`

async function restore(file: string, { rehearse, yes, ...output }: Options) {
  process.umask(0o077)
  const settings = readEnvironment()
  const open = await openRestore(settings.database, file, { holds: !rehearse, programs: programs() })
  try {
    if (!rehearse && open.replaced.state !== 'found') await mustBeStopped(settings)
    const facts = await judgeCopy(open.copy, settings.encryptionKeys.reveal())
    mustHaveKeys(facts)
    const changes = await changesSince(open.copy, open.replaced.current)
    const found = { state: open.replaced.state, facts, changes }
    if (rehearse) {
      print({ rehearsed: true, ...told(found) }, output, () => wordsOf(found))
      return
    }
    if (!(await isWanted(found, yes === true))) return
    const kept = await open.replace(changes)
    print({ rehearsed: false, ...told(found), kept }, output, () => done(found, kept))
  } finally {
    await open.close()
  }
}

interface Found {
  state: Replaced['state']
  facts: CopyFacts
  changes: Changes
}

/** What a script reads. */
const told = ({
  state,
  facts: { schema, rows, opened, closed },
  changes: { endings, erasures, installs, ...lost },
}: Found) => ({
  ...{ replaced: state, copy: { schema, rows, opened, closed }, lost },
  staysDisconnected: accountsOf(endings),
  staysErased: accountsOf(erasures),
  installs: { paused: installs.paused, reason: installs.reason, takenOver: installs.by !== null },
})

const accountsOf = (done: Changes['endings']) => done.map(({ crmAccountId }) => crmAccountId)

/** Of a database that does not say who uses it, the listener may. */
async function mustBeStopped({ listeners }: Settings) {
  const { host, port } = listeners.internal
  if (port === 0) return
  const url = new URL('/livez', nearAddress({ host, port }))
  const answers = await fetch(url, { signal: AbortSignal.timeout(seconds(2)) }).then(
    () => true,
    () => false,
  )
  if (answers) throw inUse(`something answers at ${url.host}, its internal listener`)
}

/** Where nothing is replaced, and all of the copy can be used, there is nothing to ask. */
async function isWanted(found: Found, yes: boolean): Promise<boolean> {
  if (found.state === 'none' && found.facts.closed.length === 0) return true
  process.stderr.write(`${wordsOf(found)}\n`)
  if (yes || (await confirmed('Put the copy in the place of the database?'))) return true
  process.stderr.write('Nothing was changed.\n')
  return false
}

/** So many CRM accounts are named. */
const NAMED = 50

function wordsOf({ state, facts, changes }: Found): string {
  const { connected, reconnected, uploads, waiting, endings, erasures } = changes
  const lines = [
    `The copy has ${facts.rows} rows; ${facts.opened} sealed values open.`,
    ...(facts.closed.length > 0 ? [closedValues(facts)] : []),
    ...(state === 'damaged'
      ? [
          'The database cannot be read: nobody can say what would be lost, and who was disconnected or erased since.',
        ]
      : []),
    ...listOf('Connected since; they have to connect again from Wazzup', connected),
    ...listOf('Connected again since; they have to do so once more', reconnected),
    ...listOf('Disconnected since, and will stay so', accountsOf(endings)),
    ...listOf('Erased since, and will stay so; the copy itself still holds them', accountsOf(erasures)),
    ...listOf('Their uploads begin where they stood in the copy', uploads),
    ...listOf(
      'Changes of their rows wait, and are dropped; wauth upload start brings what the CRM has',
      waiting,
    ),
    ...wordsOfInstalls(changes.installs),
  ]
  if (lines.length === 1 && state === 'found')
    lines.push('Nothing that was connected, disconnected or erased since would be lost.')
  return lines.join('\n')
}

function wordsOfInstalls({ paused, reason, by }: Changes['installs']): string[] {
  const why = `: ${printable(reason ?? '')}`
  if (by !== null)
    return [paused ? `New installs stay paused${why}` : 'New installs stay open; they are paused in the copy']
  return paused ? [`New installs are paused in the copy, too, or there alone${why}`] : []
}

function listOf(title: string, accounts: readonly string[]): string[] {
  if (accounts.length === 0) return []
  const more = accounts.length > NAMED ? [`  and ${accounts.length - NAMED} more (all of them: --json)`] : []
  return [
    `${title} (${accounts.length}):`,
    ...accounts.slice(0, NAMED).map((one) => `  ${printable(one)}`),
    ...more,
  ]
}

const done = ({ state, changes: { waiting, endings, erasures } }: Found, kept: string | null): string =>
  [
    state === 'none' ? 'The copy is the database now.' : 'The copy has taken the place of the database.',
    ...(waiting.length > 0
      ? [
          `Customers whose changes were dropped: ${waiting.length}. wauth upload start brings what the CRM has.`,
        ]
      : []),
    ...(endings.length > 0 ? [`Disconnects that were taken over: ${endings.length}.`] : []),
    ...(erasures.length > 0
      ? [`Erasures that were taken over: ${erasures.length}. The file of the copy still holds them.`]
      : []),
    ...(kept === null ? [] : [`The replaced database is kept in ${kept}; remove it when you are sure.`]),
    'Next: wauth check --offline, then start the service.',
  ].join('\n')
