import type { Connected, Older, Recorded } from '../port.ts'
import { abandonGenerations } from './generations.ts'
import { keyLocks } from './locks.ts'
import { LEFT_BEHIND, makeCurrent, type Becoming } from './make-current.ts'
import { all, alone, one, run, sql, type Steps } from './operation.ts'
import { tells } from './story.ts'
import { queueLateSwitchOff } from './switch-offs.ts'

interface Found extends Becoming {
  /** The very key is there: the answer to an earlier commit was lost. */
  done: number
  wanted: number
  /** Its exchange was given up, so the clean-up may end it at any moment. */
  late: number
  newer_is_open: number
}

/** Each condition has an index; in one, SQLite would look through all keys. */
const newerRival = (which: string) => `
        SELECT 1 FROM generations AS rival JOIN exchanges AS later ON later.generation_id = rival.id
        WHERE rival.status = 'current' AND ${which} AND later.created_at > exchanges.created_at`

/**
 * An apiKey is wanted also after its exchange was given up: the key in hand says that Wazzup has accepted. It is not once its
 * generation has ended, by a refusal or a disconnect, nor once a newer confirmation has its own key: one of the CRM account, or
 * of another CRM account with that Wazzup account or that very key.
 */
const FIND = sql<Found>(`
  SELECT mine.id, mine.connection_id, exchanges.crm_account_id,
    mine.wazzup_account, connections.status AS was, (SELECT older.wazzup_account FROM generations AS older
      WHERE older.connection_id = mine.connection_id AND older.status = 'current') AS was_for,
    CASE WHEN exchanges.status = 'connected' AND mine.api_key_hash = @apiKeyHash THEN 1 ELSE 0 END AS done,
    CASE WHEN exchanges.status <> 'connected' AND mine.status IN ('pending', 'abandoned')
      AND NOT EXISTS (
        SELECT 1 FROM generations AS newer WHERE newer.connection_id = mine.connection_id
          AND newer.generation > mine.generation AND newer.status = 'current')
      AND NOT EXISTS (${newerRival('rival.api_key_hash = @apiKeyHash')})
      AND NOT EXISTS (${newerRival('rival.wazzup_account = mine.wazzup_account')})
      THEN 1 ELSE 0 END AS wanted,
    CASE WHEN mine.status = 'abandoned' THEN 1 ELSE 0 END AS late,
    CASE WHEN EXISTS (
      SELECT 1 FROM generations AS newer JOIN exchanges AS open ON open.generation_id = newer.id
      WHERE newer.connection_id = mine.connection_id AND newer.generation > mine.generation AND open.status = 'pending')
      THEN 1 ELSE 0 END AS newer_is_open,
    CASE WHEN EXISTS (SELECT 1 FROM generations AS rival WHERE rival.api_key_hash = @apiKeyHash
      AND rival.connection_id <> mine.connection_id) THEN 1 ELSE 0 END AS held_elsewhere,
    CASE WHEN EXISTS (SELECT 1 FROM generations AS older WHERE older.connection_id = mine.connection_id
      AND ${LEFT_BEHIND}) THEN 1 ELSE 0 END AS leaves
  FROM exchanges JOIN generations AS mine ON mine.id = exchanges.generation_id
  JOIN connections ON connections.id = mine.connection_id
  WHERE exchanges.state_hash = @stateHash`)

/** The clean-up takes no lock of an account, and passes over rows that are locked. */
const HOLD_LATE = sql<object>(
  "SELECT 1 FROM generations WHERE id = @id AND status = 'abandoned' {for update}",
)

/** Wazzup may use its crmKey until it has heard of the newer one. */
const GIVE_UP = sql<{ generation_id: string }>(`
  UPDATE exchanges SET in_flight = 0, runner = NULL, state_sealed = NULL, status = 'failed',
    reason = CASE status WHEN 'pending' THEN 'restart_needed' ELSE reason END,${tells("'key_not_wanted'")}
  WHERE generation_id = @id AND (status = 'pending' OR status = 'failed' AND in_flight = 1) RETURNING generation_id`)

const KEEP = sql(
  'UPDATE generations SET kept_key_hash = @apiKeyHash, kept_key_sealed = @apiKey WHERE id = @id',
)

/** The second commit of an exchange: see `ExchangeStore.record`. */
export const record = alone(keyLocks, function* (connected: Connected): Steps<Recorded> {
  const recorded = yield* recordOrKeep(connected)
  if (recorded.kind !== 'unwanted') return recorded
  return { ...recorded, older: yield* recordKept(connected.generationId, connected) }
})

interface KeptRow {
  state_hash: string
  generation_id: string
  kept_key_hash: string
  kept_key_sealed: string
}

const KEPT = sql<KeptRow>(`
  SELECT exchanges.state_hash, older.id AS generation_id, older.kept_key_hash, older.kept_key_sealed
  FROM generations AS older JOIN generations AS mine ON mine.connection_id = older.connection_id
  JOIN exchanges ON exchanges.generation_id = older.id
  WHERE mine.id = @generationId AND older.kept_key_sealed IS NOT NULL ORDER BY older.generation DESC`)

const FORGET_KEPT = sql(
  'UPDATE generations SET kept_key_hash = NULL, kept_key_sealed = NULL WHERE id = @generation_id',
)

/** The newer confirmation, for which late apiKeys of older ones were kept, has come to nothing: which of them connects now. */
export function* recordKept(generationId: string, at: Moment): Steps<Older> {
  let older: Older = null
  for (const kept of yield* all(KEPT, { generationId })) {
    const apiKey = { apiKey: kept.kept_key_sealed, apiKeyHash: kept.kept_key_hash }
    const exchange = { stateHash: kept.state_hash, generationId: kept.generation_id }
    const recorded = yield* recordOrKeep({ ...at, ...exchange, ...apiKey })
    if (recorded.kind === 'connected') older = recorded
    if (recorded.kind === 'unwanted') yield* run(FORGET_KEPT, kept)
  }
  return older
}

type Moment = Pick<Connected, 'now' | 'grace' | 'upload' | 'bringsData'>

function* recordOrKeep(
  connected: Connected,
): Steps<Exclude<Recorded, { kind: 'unwanted' }> | { kind: 'unwanted' }> {
  const found = yield* one(FIND, connected)
  if (!found) return { kind: 'unwanted' }
  if (found.done === 1) return { kind: 'connected', takenOver: [] }
  const isWanted = found.wanted === 1 && (found.late === 0 || (yield* one(HOLD_LATE, found)) !== undefined)
  if (isWanted && found.newer_is_open === 1) {
    yield* run(KEEP, { ...connected, ...found })
    return { kind: 'kept' }
  }
  if (isWanted) return { kind: 'connected', takenOver: yield* makeCurrent(connected, found) }
  yield* queueLateSwitchOff(connected.generationId, connected.apiKey)
  const givenUp = yield* all(GIVE_UP, found)
  yield* abandonGenerations(
    givenUp.map(({ generation_id }) => generation_id),
    connected.grace,
  )
  return { kind: 'unwanted' }
}
