import type { EventBody, StoreEvent, Teller } from '../delivery.ts'
import { placeOf, SEALED } from '../sealed-columns.ts'
import { one, run, sql, type Steps } from './operation.ts'

interface Numbered {
  connection_id: string
  crm_account_id: string
  wazzup_account_id: string | null
  generation: number
  sequence: number
  now: number
  epoch: string
}

/** It keeps the row of the connection for this transaction: what is written and what ends cross nowhere. */
const NUMBER = sql<Numbered>(`
  UPDATE connections SET event_sequence = event_sequence + 1
  WHERE id = (SELECT connection_id FROM generations WHERE generations.id = @generationId)
  RETURNING id AS connection_id, crm_account_id, event_sequence AS sequence, {now} AS now,
    (SELECT generation FROM generations WHERE generations.id = @generationId) AS generation,
    (SELECT wazzup_account FROM generations WHERE generations.id = @generationId) AS wazzup_account_id,
    (SELECT {epoch} FROM epochs ORDER BY epochs.number DESC LIMIT 1) AS epoch`)

/** Only the first that waits of a connection is due. */
const QUEUE = sql(`
  INSERT INTO deliveries (id, connection_id, sequence, type, status, body_sealed, created_at, tries, due_at)
  SELECT @id, @connection_id, @sequence, @type, 'waiting', @body, @now, 0,
    CASE WHEN EXISTS (SELECT 1 FROM deliveries WHERE connection_id = @connection_id AND status = 'waiting')
      THEN NULL ELSE CAST(@now AS bigint) END`)

const HOLD = sql<object>(
  'SELECT 1 FROM connections WHERE id = (SELECT connection_id FROM generations WHERE generations.id = @generationId) {for update}',
)

/** For an operation that writes to another table before it tells: all take the connection first, so that no two wait for each other. */
export function* hold(generationId: string): Steps<void> {
  if (yield* teller()) yield* one(HOLD, { generationId })
}

function* teller(): Steps<Teller | null> {
  return (yield { ask: 'teller' }) as Teller | null
}

/**
 * Tells the CRM what happens to a generation, in the transaction in which it happens. Ids and facts only: no secret, and
 * nothing of a person.
 */
export function* tell(generationId: string, { type, ...facts }: StoreEvent): Steps<void> {
  const by = yield* teller()
  if (!by) return
  const row = yield* one(NUMBER, { generationId })
  if (!row) return
  const { connection_id, crm_account_id, wazzup_account_id, generation, sequence, now, epoch } = row
  const about = { crmAccountId: crm_account_id, connectionId: connection_id }
  const data = { ...about, wazzupAccountId: wazzup_account_id, generation, sequence, ...facts }
  const body: EventBody = { type, timestamp: new Date(now).toISOString(), data }
  // After a restore a sequence comes once more, for another event, which a receiver must not take for the one it has.
  const id = `evt_${epoch}_${connection_id}_${sequence}`
  const sealed = by.seal(JSON.stringify(body), placeOf(SEALED.delivery, id))
  yield* run(QUEUE, { id, connection_id, sequence, type, now, body: sealed })
}
