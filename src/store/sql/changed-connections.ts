import { after } from '../../shared/clock.ts'
import { CHANGES_MARGIN, toConnection, type ConnectionRow } from '../connection.ts'
import type { ChangedPage, ChangePlace, ChangesPage, ChangedConnectionStore, Position } from '../port.ts'
import { OF_ITS_KEYS, SHOWN } from './connections.ts'
import { all, one, read, sql, type Run, type Steps } from './operation.ts'

const HERE = sql<Position>(
  'SELECT {epoch} AS epoch, {seam} AS number FROM epochs ORDER BY epochs.number DESC LIMIT 1',
)

const position = read(function* (): Steps<Position> {
  return (yield* one(HERE)) ?? { epoch: '', number: 0 }
})

/** An epoch ends where the next one begins: a number behind that belongs to another history. */
const KNOWN = sql<object>(`
  SELECT 1 FROM epochs WHERE {epoch} = @epoch AND CAST(@number AS bigint) <= coalesce(
    (SELECT since FROM epochs AS later WHERE later.number > epochs.number ORDER BY later.number LIMIT 1), {seam})`)

/**
 * By the database's time, and in the order of the changes: whatever a clock does, what came after a change that was surely earlier
 * is later. `ahead`: the database's clock has not come so far, so the two clocks differ, and nobody knows by how much.
 */
const BEGINNING = sql<{ behind: number; first: number | null; ahead: number }>(`
  SELECT coalesce((SELECT number + 1 FROM changes WHERE at < CAST(@from AS bigint) AND {numbered here}
      ORDER BY number DESC LIMIT 1), 0) AS behind,
    (SELECT min(number) FROM changes WHERE at >= CAST(@from AS bigint)) AS first,
    CASE WHEN CAST(@from AS bigint) > {now} THEN 1 ELSE 0 END AS ahead`)

function* beginningOf(since: Date): Steps<number> {
  const found = yield* one(BEGINNING, { from: after(since, -CHANGES_MARGIN) })
  if (!found || found.ahead === 1) return 0
  return Math.min(found.behind, found.first ?? found.behind)
}

/** `any`: also what another server has numbered, from which these rows were brought. */
const LIST = sql<ConnectionRow & { number: number }>(`
  SELECT ${SHOWN}, changes.number FROM changes JOIN connections ON connections.id = changes.connection_id ${OF_ITS_KEYS}
  WHERE (changes.number, changes.connection_id) > (CAST(@number AS bigint), CAST(@connectionId AS text))
    AND (CAST(@any AS bigint) = 1 OR {numbered here}) AND connections.status <> 'new'
  ORDER BY changes.number, changes.connection_id LIMIT @limit`)

/** The position is read before the rows: what is committed in between is in both answers, and never in none. */
const changed = read(function* ({ since, after, limit }: ChangesPage): Steps<ChangedPage | null> {
  const byTime = since instanceof Date
  const known = after?.position ?? (byTime ? null : since)
  if (known && !(yield* one(KNOWN, known))) return null
  const seam = after?.position ?? (yield* position.steps())
  const from = after ?? { number: byTime ? yield* beginningOf(since) : since.number, connectionId: '' }
  const rows = yield* all(LIST, { ...from, any: byTime, limit })
  return {
    position: seam,
    items: rows.map((row) => ({ connection: toConnection(row), place: placeOf(row, seam) })),
  }
})

const placeOf = ({ number, id }: { number: number; id: string }, seam: Position): ChangePlace => ({
  ...{ position: seam, number, connectionId: id },
})

/** Which connections have changed, for who was away. */
export const changedConnections = (run: Run): ChangedConnectionStore => ({
  position: () => run(position),
  changed: (page) => run(changed, page),
})
