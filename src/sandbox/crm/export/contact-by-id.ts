import type { ExportControls } from './controls.ts'
import { rowOf } from './rows.ts'
import { sizeOf } from './sizes.ts'

/** A contact as the CRM has it now. */
export interface DemoContact {
  accountId: string
  row: { id: string; name: string } & Record<string, unknown>
}

/** The contact with an id that the export gives; null when there is none. */
export function contactById(id: string, controls: ExportControls, url: string): DemoContact | null {
  const [, accountId = '', number = ''] = /^(\w+)-contact-(\d{6})$/.exec(id) ?? []
  const size = sizeOf(accountId, controls.sizes)
  const index = Number(number) - 1
  if (!size || index < 0 || index >= size.contacts) return null
  const row = rowOf('contacts', index, { accountId, url, size }) as DemoContact['row']
  return { accountId, row: renamed(row, controls) as DemoContact['row'] }
}

/** A row with the name that somebody has given it since. */
export function renamed(row: unknown, { names }: Pick<ExportControls, 'names'>): unknown {
  const id = typeof row === 'object' && row !== null && 'id' in row ? String(row.id) : ''
  const name = names.get(id)
  return name === undefined ? row : { ...(row as object), name }
}
