import type { Actor } from './audit.ts'
import { NEVER_PAUSED, toInstalls, type Installs } from './installs.ts'
import { rowsOf, type RowSource } from './row-source.ts'
import { TABLES, type TableRow } from './table-rows.ts'

/** An end of a connection, or an erasure, that a copy does not know, and who has done it. */
interface Ending {
  crmAccountId: string
  at: Date
  userId: string
  userName: string
  address: string
}

/** What a database has and an older copy of it has not. Every list is of CRM accounts, each once and in order. */
export interface Changes {
  /** Connected since, or again after an end: the copy does not know their crmKey. */
  connected: string[]
  /** Connected again since: the copy knows an older crmKey only. */
  reconnected: string[]
  /** Their uploads have got further. */
  uploads: string[]
  /** Changes of their data wait, in the copy or in the database. */
  waiting: string[]
  /** Who is connected in the copy and has been disconnected since, the latest end of each. */
  endings: Ending[]
  /** Whose persons have been erased since, the latest erasure of each. */
  erasures: Ending[]
  /** Whether new customers may connect. */
  installs: InstallsAfter
}

/** What a restore leaves: what the database says. The copy counts where nobody has ever said anything in that. */
interface InstallsAfter extends Pick<Installs, 'paused' | 'reason'> {
  /** Who has said so, and when; null when the copy says the same, or counts. */
  by: (Actor & { at: Date }) | null
}

/** Compares rows, not times: clocks may have been set, and the copy may be of another history than the database. */
export async function changesSince(copy: RowSource, now: RowSource): Promise<Changes> {
  const [older, newer] = [await read(copy), await read(now)]
  const endings = new Map<string, Ending>()
  for (const [key, ending] of newer.endings) {
    const account = ending.crmAccountId
    if (older.endings.has(key) || !older.live.has(account)) continue
    // Only an earlier key was taken over: the connection that the copy knows is there still.
    const kept = newer.current.get(account)
    if (kept !== undefined && kept === older.current.get(account)) continue
    const known = endings.get(account)
    if (!known || known.at < ending.at) endings.set(account, ending)
  }
  const erasures = new Map<string, Ending>()
  for (const [key, erasure] of newer.erasures)
    if (!older.erasures.has(key)) erasures.set(erasure.crmAccountId, erasure)
  const connected = [...newer.current].filter(([account, id]) => older.current.get(account) !== id)
  const uploads = [...newer.uploads].filter(
    ([id, { status }]) => (older.uploads.get(id)?.status ?? status) !== status,
  )
  return {
    connected: accounts(connected.filter(([account]) => !older.current.has(account))),
    reconnected: accounts(connected.filter(([account]) => older.current.has(account))),
    uploads: [...new Set(uploads.map(([, { account }]) => account))].sort(),
    waiting: [...new Set([...older.waiting, ...newer.waiting])].sort(),
    endings: [...endings.values()],
    erasures: [...erasures.values()],
    installs: installsAfter(older, newer),
  }
}

function installsAfter(older: Read, newer: Read): InstallsAfter {
  const { installs, switched } = newer
  const { paused, reason } = installs ?? older.installs ?? NEVER_PAUSED
  const before = older.installs ?? NEVER_PAUSED
  if (!installs || (before.paused === paused && before.reason === reason)) return { paused, reason, by: null }
  const unknown = { userId: '', userName: installs.changedBy ?? '', address: '' }
  return { paused, reason, by: { ...(switched ?? unknown), at: installs.changedAt ?? new Date(0) } }
}

type Read = Awaited<ReturnType<typeof read>>

const accounts = (found: readonly (readonly [string, unknown])[]) => found.map(([account]) => account).sort()

/** What has ended a connection, by an operator or by another CRM account that has the key now. */
const ENDS = /^connection\.(disconnected|taken_over)$/

async function read(source: RowSource) {
  const [connections, generations] = [new Map<string, string>(), new Map<string, string>()]
  for await (const row of rowsOf(source, table('connections')))
    connections.set(text(row, 'id'), text(row, 'crm_account_id'))
  const [live, current] = [new Set<string>(), new Map<string, string>()]
  for await (const row of rowsOf(source, table('generations'))) {
    const [id, account] = [text(row, 'id'), connections.get(text(row, 'connection_id')) ?? '']
    generations.set(id, account)
    if (row['status'] !== 'ended') live.add(account)
    if (row['status'] === 'current') current.set(account, id)
  }
  const uploads = new Map<string, { account: string; status: string }>()
  for await (const row of rowsOf(source, table('uploads'))) {
    const id = text(row, 'generation_id')
    uploads.set(id, { account: generations.get(id) ?? '', status: text(row, 'status') })
  }
  const waiting: string[] = []
  for await (const row of rowsOf(source, table('change_queues')))
    if (Number(row['waiting']) > 0) waiting.push(connections.get(text(row, 'connection_id')) ?? '')
  const endings = new Map<string, Ending>()
  const erasures = new Map<string, Ending>()
  let switched: Actor | undefined
  for await (const row of rowsOf(source, table('audit'))) {
    const action = text(row, 'action')
    const key = `${text(row, 'at')} ${text(row, 'crm_account_id')}`
    if (ENDS.test(action)) endings.set(key, toEnding(row))
    if (action === 'connection.erased') erasures.set(key, toEnding(row))
    if (action.startsWith('installs.')) switched = toActor(row)
  }
  return { live, current, uploads, waiting, endings, erasures, switched, installs: await installsIn(source) }
}

async function installsIn(source: RowSource): Promise<Installs | null> {
  for await (const row of rowsOf(source, table('installs'))) {
    const { paused, reason } = row
    const [changed_by, changed_at] = [text(row, 'changed_by'), Number(row['changed_at'])]
    return toInstalls({
      ...{ paused: Number(paused), reason: reason === null ? null : text(row, 'reason') },
      ...{ changed_by, changed_at },
    })
  }
  return null
}

const table = (name: string) => TABLES.find((one) => one.name === name) ?? { name, key: [] }

const text = (row: TableRow, column: string) => String(row[column] ?? '')

const toActor = (row: TableRow): Actor => ({
  userId: text(row, 'user_id'),
  userName: text(row, 'user_name'),
  address: text(row, 'address'),
})

const toEnding = (row: TableRow): Ending => ({
  crmAccountId: text(row, 'crm_account_id'),
  at: new Date(Number(row['at'])),
  ...toActor(row),
})
