import { renamed } from './contact-by-id.ts'
import type { ExportControls } from './controls.ts'
import { rowOf } from './rows.ts'
import { sizeOf, type ExportKind } from './sizes.ts'

export interface ExportPage {
  items: unknown[]
  next: string | null
  /** How many there are in all; a CRM that does not know leaves it out. */
  total?: number
}

export interface PageRequest {
  accountId: string
  kind: ExportKind
  cursor: string | undefined
}

const cursorOf = (index: number) => Buffer.from(`row:${index}`).toString('base64url')

function indexIn(cursor: string): number | null {
  const found = /^row:(\d{1,9})$/.exec(Buffer.from(cursor, 'base64url').toString())
  return found ? Number(found[1]) : null
}

/** One page, made now: nothing is kept. Null for an account or a cursor that is not there. */
export function exportPage(asked: PageRequest, controls: ExportControls, url: string): ExportPage | null {
  const { accountId, kind, cursor } = asked
  const size = sizeOf(accountId, controls.sizes)
  const from = cursor === undefined ? 0 : indexIn(cursor)
  if (!size || from === null) return null
  const to = Math.min(from + controls.pageSize, size[kind])
  const items: unknown[] = []
  for (let index = from; index < to; index += 1) {
    items.push(
      controls.alter(renamed(rowOf(kind, index, { accountId, url, size }), controls), {
        kind,
        index,
        accountId,
      }),
    )
  }
  const loops = controls.cursor === 'looping' && from > 0
  const next = to < size[kind] ? cursorOf(loops ? from : to) : null
  return { items, next, ...(controls.total === 'told' && { total: size[kind] }) }
}
