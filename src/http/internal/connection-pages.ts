import type { ConnectionStore, Position } from '../../store/port.ts'
import { pageOf } from './cursor.ts'
import { changesCursorOf, listCursorOf, type ListCursor } from './schemas/changed-since.ts'
import type { Listing } from './schemas/connections.ts'

type Page = Omit<Listing, 'changedSince'>

/**
 * A page of all connections. Its position is older than the first row of the first page: what changes while the pages are read comes
 * with the next reading.
 */
export async function listOf(
  connections: Pick<ConnectionStore, 'list' | 'position'>,
  { status, limit, cursor }: Page,
) {
  const here = await connections.position()
  const from: ListCursor | null = cursor && 'account' in cursor ? cursor : null
  const position = from ? (from.position ?? { ...here, number: 0 }) : here
  const found = await connections.list({
    ...{ status: status ?? null, after: from?.account ?? null, limit: limit + 1 },
  })
  const cursorOf = (account: string) => listCursorOf({ account, position })
  return { ...pageOf(found, limit, ({ crmAccountId }) => cursorOf(crmAccountId)), position }
}

/** A page of what has changed since; null where the position is not known. */
export async function changesIn(
  connections: Pick<ConnectionStore, 'changed'>,
  since: Position | Date,
  { limit, cursor }: Page,
) {
  const after = cursor && 'number' in cursor ? cursor : null
  const found = await connections.changed({ since, after, limit: limit + 1 })
  if (!found) return null
  const { items, next } = pageOf(found.items, limit, ({ place }) => changesCursorOf(place))
  return { items: items.map(({ connection }) => connection), next, position: found.position }
}
