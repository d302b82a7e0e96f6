import { StoreUnusable } from '../errors.ts'
import { damaged, mustBeFile } from '../judge-copy.ts'
import { migrationFiles } from '../migration-files.ts'
import type { OpenCopy, Programs } from '../row-source.ts'
import type { Table, TableRow } from '../table-rows.ts'
import { start } from './dump.ts'
import { MIGRATIONS } from './schema.ts'

/** A copy that `pg_dump` has made. */
export interface Dump extends OpenCopy {
  file: string
}

/**
 * Opens a dump for reading.
 * @throws StoreUnusable when `pg_restore` cannot read it
 */
export async function openDump(file: string, programs: Programs): Promise<Dump> {
  mustBeFile(file)
  const tables = await tablesIn(file, programs)
  return {
    ...{ file, newest: migrationFiles(MIGRATIONS).at(-1)?.version ?? 0 },
    tables: () => Promise.resolve(tables),
    rows: (table) => rowsOf(file, table, programs),
    close: () => Promise.resolve(),
  }
}

/** `pg_restore --list`: `4053; 0 16389 TABLE DATA public attempts wauth`. */
async function tablesIn(file: string, programs: Programs): Promise<string[]> {
  const names: string[] = []
  for await (const line of linesOf(['--list', '--', file], programs)) {
    const [, name] = /^\d+; \d+ \d+ TABLE DATA \S+ (\S+) /.exec(line) ?? []
    if (name !== undefined) names.push(name)
  }
  return names
}

/** The end of the rows of a table (PostgreSQL, COPY, «Text Format»). */
const END = '\\.'

async function* rowsOf(file: string, { name }: Table, programs: Programs): AsyncGenerator<TableRow> {
  let columns: string[] | null = null
  for await (const line of linesOf(['--data-only', `--table=${name}`, '--file=-', '--', file], programs)) {
    if (columns === null) columns = columnsIn(line)
    else if (line === END) columns = null
    else yield toRow(columns, line)
  }
}

const columnsIn = (line: string): string[] | null => {
  const [, columns] = /^COPY [^(]+\((.+)\) FROM stdin;$/.exec(line) ?? []
  return columns?.split(', ').map((column) => column.replaceAll('"', '')) ?? null
}

function toRow(columns: readonly string[], line: string): TableRow {
  const values = line.split('\t')
  return Object.fromEntries(columns.map((column, at) => [column, valueIn(values[at])]))
}

const NAMED: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

/** PostgreSQL writes no octal and no hexadecimal codes, it only reads them. */
const valueIn = (text: string | undefined): string | null =>
  text === undefined || text === '\\N'
    ? null
    : text.replaceAll(/\\(.)/g, (_, next: string) => NAMED[next] ?? next)

/** The lines that `pg_restore` writes: only a newline ends one, as a text may have any other character. */
async function* linesOf(options: readonly string[], programs: Programs): AsyncGenerator<string> {
  const child = await start('pg_restore', options, { programs })
  let rest = ''
  try {
    child.stdout?.setEncoding('utf8')
    for await (const chunk of child.stdout ?? []) {
      const lines = (rest + String(chunk)).split('\n')
      rest = lines.pop() ?? ''
      yield* lines
    }
    const { code, said } = await child.ended
    if (code !== 0) throw unreadable(said)
  } finally {
    child.stop()
  }
}

function unreadable(said: string) {
  if (/unsupported version/.test(said))
    return new StoreUnusable('pg_restore is older than the pg_dump that has made this copy', {
      code: 'pg_dump_too_old',
      hint: 'Install the client programs of PostgreSQL of that version or a later one.',
    })
  return damaged(undefined, 'The copy is damaged, not whole, or not of PostgreSQL')
}
