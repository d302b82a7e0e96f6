import { existsSync, statSync } from 'node:fs'
import { createKeyRing } from '../crypto/key-ring.ts'
import { createSealer, keyIdOf } from '../crypto/sealer.ts'
import { StoreUnusable } from './errors.ts'
import { rowsOf, SEEN_MIGRATIONS, type OpenCopy } from './row-source.ts'
import { placeOf, SEALED_COLUMNS } from './sealed-columns.ts'
import type { SealedColumn } from './sealing-records.ts'
import { TABLES, type TableRow } from './table-rows.ts'
import { tryProbes, type KeysAtFault } from './try-probes.ts'
import { whyClosed, type TriedValues } from './try-values.ts'

/** What a copy holds, read to its end. */
export interface CopyFacts extends TriedValues {
  /** Of the newest migration that it has seen. */
  schema: number
  rows: number
  /** Encryption keys that it needs. */
  keys: KeysAtFault
}

type Keys = readonly { id: string; key: Uint8Array }[]

/** Without these it is a database of somebody else. */
const OURS = ['migrations', 'connections', 'generations', 'sealing_keys']

/**
 * Reads every row of a copy, and opens every sealed value of it.
 * @throws StoreUnusable when it is no copy of this product, or one of a newer version
 */
export async function judgeCopy(copy: OpenCopy, keys: Keys): Promise<CopyFacts> {
  const there = await copy.tables()
  const schema = OURS.every((name) => there.includes(name)) ? await schemaOf(copy) : 0
  if (schema === 0) throw foreign()
  if (schema > copy.newest) throw newer()
  return { schema, ...(await openAll(copy, keys)) }
}

async function schemaOf(copy: OpenCopy): Promise<number> {
  let newest = 0
  for await (const { version } of copy.rows(SEEN_MIGRATIONS)) newest = Math.max(newest, Number(version))
  return newest
}

async function openAll(copy: OpenCopy, keys: Keys): Promise<Omit<CopyFacts, 'schema'>> {
  const sealer = createSealer(createKeyRing(keys))
  const found = { rows: 0, opened: 0, closed: [] as TriedValues['closed'] }
  const open = (row: TableRow, column: SealedColumn) => {
    const [sealed, id] = [row[column.column], String(row[column.rowColumn])]
    if (typeof sealed !== 'string') return
    const code = whyClosed(sealer, sealed, placeOf(column, id))
    if (code === null) found.opened += 1
    else found.closed.push({ code, table: column.table, row: id })
    if (code === 'seal_unknown_key') unknown.add(keyIdOf(sealed))
  }
  const [probes, unknown] = [[] as { id: string; probe: string }[], new Set<string>()]
  for (const table of TABLES) {
    const columns = SEALED_COLUMNS.filter((column) => column.table === table.name)
    for await (const row of rowsOf(copy, table)) {
      found.rows += 1
      if (table.name === 'sealing_keys')
        probes.push({ id: String(row['id']), probe: String(row['probe_sealed']) })
      for (const column of columns) open(row, column)
    }
  }
  const { missing, wrong } = tryProbes(probes, keys)
  return { ...found, keys: { missing: [...new Set([...missing, ...unknown])].sort(), wrong } }
}

/** @throws StoreUnusable when the settings lack a key that the copy needs */
export function mustHaveKeys({ keys: { missing, wrong } }: CopyFacts): void {
  if (missing.length > 0)
    throw new StoreUnusable(`The copy needs encryption keys that are not there: ${missing.join(', ')}`, {
      code: 'encryption_key_missing',
      hint: 'Put them back into ENCRYPTION_KEYS, behind the one that seals now.',
    })
  if (wrong.length > 0)
    throw new StoreUnusable(
      `Keys of ENCRYPTION_KEYS have the ids of those of the copy, but other bytes: ${wrong.join(', ')}`,
      {
        code: 'encryption_key_wrong',
        hint: 'Put the right keys back under their ids; give a new key a new id.',
      },
    )
}

const foreign = () =>
  new StoreUnusable('This is no copy of a database of this service', {
    code: 'backup_foreign',
    hint: 'Name a file that wauth backup has made, or a copy of the file that DATABASE_URL named.',
  })

const newer = () =>
  new StoreUnusable('A newer version has made this copy', {
    code: 'database_newer',
    hint: 'Restore it with that version.',
  })

/** @throws StoreUnusable when there is no such file */
export function mustBeFile(file: string): void {
  if (existsSync(file) && statSync(file).isFile()) return
  throw new StoreUnusable('There is no such file to restore from', {
    code: 'backup_missing',
    hint: 'Check its name.',
  })
}

/** What an engine throws when a copy cannot be read to its end. */
export const damaged = (cause?: unknown, says = 'The copy is damaged, or not whole') =>
  new StoreUnusable(says, {
    code: 'backup_damaged',
    hint: 'Take another copy. Compare its size with that of the file that was written.',
    cause,
  })
