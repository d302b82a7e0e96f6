import { toTakenOver, type HolderRow } from '../exchange.ts'
import type { Connected, Recorded } from '../port.ts'
import { abandonGenerations, endConnection, endGenerations } from './generations.ts'
import { all, alone, one, run, sql, type Steps } from './operation.ts'
import { queueLateSwitchOff, queueSwitchOffs, untilMovedOff } from './switch-offs.ts'

interface Found {
  id: string
  connection_id: string
  crm_account_id: string
  /** The very key is there: the answer to an earlier commit was lost. */
  done: number
  wanted: number
  newer_is_open: number
  held_elsewhere: number
  leaves: number
}

/** Condition: keys of the account that are not wanted any more, for another Wazzup account or waiting to become current. */
const LEFT_BEHIND = `older.id <> mine.id
  AND ((older.status = 'current' AND older.wazzup_account <> mine.wazzup_account)
    OR (older.kept_key_sealed IS NOT NULL AND older.kept_key_hash <> @apiKeyHash))`

/** Each condition has an index; in one, SQLite would look through all keys. */
const newerHolder = (which: string) => `
        SELECT 1 FROM generations AS holder JOIN exchanges AS later ON later.generation_id = holder.id
        WHERE holder.status = 'current' AND ${which} AND later.created_at > exchanges.created_at`

/**
 * An apiKey is wanted also after its exchange was given up: the key in hand says that Wazzup has accepted. It is not once its
 * generation has ended, by a refusal or a disconnect, nor once a newer confirmation has its own key: one of the CRM account, or
 * of another CRM account with that Wazzup account or that very key.
 */
const FIND = sql<Found>(`
  SELECT mine.id, mine.connection_id, exchanges.crm_account_id,
    CASE WHEN exchanges.status = 'connected' AND mine.api_key_hash = @apiKeyHash THEN 1 ELSE 0 END AS done,
    CASE WHEN exchanges.status <> 'connected' AND mine.status IN ('pending', 'abandoned')
      AND NOT EXISTS (
        SELECT 1 FROM generations AS newer WHERE newer.connection_id = mine.connection_id
          AND newer.generation > mine.generation AND newer.status = 'current')
      AND NOT EXISTS (${newerHolder('holder.api_key_hash = @apiKeyHash')})
      AND NOT EXISTS (${newerHolder('holder.wazzup_account = mine.wazzup_account')})
      THEN 1 ELSE 0 END AS wanted,
    CASE WHEN EXISTS (
      SELECT 1 FROM generations AS newer JOIN exchanges AS open ON open.generation_id = newer.id
      WHERE newer.connection_id = mine.connection_id AND newer.generation > mine.generation AND open.status = 'pending')
      THEN 1 ELSE 0 END AS newer_is_open,
    CASE WHEN EXISTS (SELECT 1 FROM generations AS holder WHERE holder.api_key_hash = @apiKeyHash
      AND holder.connection_id <> mine.connection_id) THEN 1 ELSE 0 END AS held_elsewhere,
    CASE WHEN EXISTS (SELECT 1 FROM generations AS older WHERE older.connection_id = mine.connection_id
      AND ${LEFT_BEHIND}) THEN 1 ELSE 0 END AS leaves
  FROM exchanges JOIN generations AS mine ON mine.id = exchanges.generation_id
  WHERE exchanges.state_hash = @stateHash`)

/** Wazzup may use its crmKey until it has heard of the newer one. */
const GIVE_UP = sql<{ generation_id: string }>(`
  UPDATE exchanges SET in_flight = 0, runner = NULL, state_sealed = NULL, status = 'failed',
    reason = CASE status WHEN 'pending' THEN 'restart_needed' ELSE reason END
  WHERE generation_id = @id AND (status = 'pending' OR status = 'failed' AND in_flight = 1) RETURNING generation_id`)

const KEEP = sql(
  'UPDATE generations SET kept_key_hash = @apiKeyHash, kept_key_sealed = @apiKey WHERE id = @id',
)

const SETTLE = sql(`
  UPDATE exchanges SET status = 'connected', reason = NULL, in_flight = 0, runner = NULL, state_sealed = NULL
  WHERE generation_id = @id`)

const HOLDERS = sql<HolderRow>(`
  SELECT generations.id, connection_id, crm_account_id, generation, generations.status FROM generations
  JOIN connections ON connections.id = connection_id
  WHERE api_key_hash = @apiKeyHash AND crm_account_id <> @crm_account_id`)

const AUDIT_TAKEN = sql(`
  INSERT INTO audit (at, action, user_id, user_name, crm_account_id, wazzup_account_id, generation, address)
  SELECT @now, 'connection.taken_over', user_id, user_name, holder.crm_account_id, generations.wazzup_account,
         generations.generation, address
  FROM exchanges, generations JOIN connections AS holder ON holder.id = generations.connection_id
  WHERE exchanges.generation_id = @id AND generations.id = @holder`)

const LEAVES = sql<{ id: string; status: string }>(`
  SELECT older.id, older.status FROM generations AS older JOIN generations AS mine ON mine.id = @id
  WHERE older.connection_id = mine.connection_id AND ${LEFT_BEHIND}`)

/** No key that came late waits any more, either. */
const OLDER_BECOME_PREVIOUS = sql(`
  UPDATE generations SET kept_key_hash = NULL, kept_key_sealed = NULL,
    status = CASE status WHEN 'current' THEN 'previous' ELSE status END,
    resolves_until = CASE status WHEN 'current' THEN CAST(@graceUntil AS bigint) ELSE resolves_until END
  WHERE connection_id = @connection_id AND (status = 'current' OR kept_key_sealed IS NOT NULL)`)

const STORE_KEY = sql(`
  UPDATE generations SET status = 'current', resolves_until = NULL, api_key_hash = @apiKeyHash, api_key_sealed = @apiKey
  WHERE id = @id`)

const CONNECT = sql(`
  UPDATE connections SET status = 'connected', connected_at = @now, probed_at = {now}, invalid_since = NULL,
    disconnected_at = NULL,
    crm_account_name = exchanges.crm_account_name, wazzup_account_id = exchanges.wazzup_account_id
  FROM exchanges WHERE exchanges.generation_id = @id AND connections.id = @connection_id`)

const AUDIT = sql(`
  INSERT INTO audit (at, action, user_id, user_name, crm_account_id, wazzup_account_id, generation, address)
  SELECT @now, 'connection.connected', user_id, user_name, crm_account_id, wazzup_account_id, generation, address
  FROM exchanges JOIN generations ON generations.id = exchanges.generation_id WHERE generations.id = @id`)

/** Keys that are not current any more upload nothing. */
const FORGET_OLDER = sql(`
  DELETE FROM uploads WHERE generation_id IN (
    SELECT id FROM generations WHERE connection_id = @connection_id AND id <> @id)`)

const UPLOAD = sql(`
  INSERT INTO uploads (generation_id, status, created_at, due_at) VALUES (@id, 'waiting', @now, {now})`)

/** The second commit of an exchange: see `ExchangeStore.record`. */
export const record = alone(recordOrKeep)

/** The same within another operation. */
export function* recordOrKeep(connected: Connected): Steps<Recorded> {
  const found = yield* one(FIND, connected)
  if (!found) return { kind: 'unwanted' }
  if (found.done === 1) return { kind: 'connected', takenOver: [] }
  if (found.wanted === 1 && found.newer_is_open === 1) {
    yield* run(KEEP, { ...connected, ...found })
    return { kind: 'kept' }
  }
  if (found.wanted === 1) return { kind: 'connected', takenOver: yield* makeCurrent(connected, found) }
  yield* queueLateSwitchOff(connected.generationId, connected.apiKey)
  const givenUp = yield* all(GIVE_UP, found)
  yield* abandonGenerations(
    givenUp.map(({ generation_id }) => generation_id),
    connected.graceUntil,
  )
  return { kind: 'unwanted' }
}

function* makeCurrent(connected: Connected, found: Found) {
  const values = { ...connected, ...found }
  yield* run(SETTLE, values)
  const holders = found.held_elsewhere === 1 ? yield* all(HOLDERS, values) : []
  for (const holder of holders) {
    // Wazzup has bound that Wazzup account again, so the older holder must not be able to use its key any longer. A
    // connection that has moved on to another key keeps that one.
    yield* run(AUDIT_TAKEN, { ...values, holder: holder.id })
    if (toTakenOver(holder).disconnected)
      yield* endConnection(holder.connection_id, connected.now, 'settled keys')
    else yield* endGenerations([holder.id])
  }
  if (found.leaves === 1) yield* leaveBehind(values)
  // An apiKey is current in one place only: the older generation makes room first, also where Wazzup gives the same key.
  for (const step of [OLDER_BECOME_PREVIOUS, STORE_KEY, CONNECT, AUDIT, FORGET_OLDER])
    yield* run(step, values)
  if (connected.upload) yield* run(UPLOAD, values)
  return holders.map(toTakenOver)
}

/** Webhooks of a Wazzup account that was moved away from, and of keys that came late and are not wanted any more. */
function* leaveBehind(values: Connected & Found): Steps<void> {
  const left = yield* all(LEAVES, values)
  const ids = (isCurrent: boolean) =>
    left.filter(({ status }) => (status === 'current') === isCurrent).map(({ id }) => id)
  const wait = untilMovedOff(values.graceUntil.getTime() - values.now.getTime())
  yield* queueSwitchOffs(ids(true), { cause: 'moved', wait })
  yield* queueSwitchOffs(ids(false), { cause: 'late', wait: 0 })
}
