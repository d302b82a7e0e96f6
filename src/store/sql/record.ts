import { toTakenOver, type HolderRow } from '../exchange-rows.ts'
import type { Connected, TakenOver } from '../port.ts'
import { endConnection, endGenerations } from './generations.ts'
import { all, alone, one, run, sql, type Steps } from './operation.ts'

/**
 * Condition on `exchanges`: an apiKey that comes now is kept. An exchange that was only given up, in `restart_needed` or
 * `bad_answer`, takes it as well: the key in hand says that Wazzup has accepted. It comes too late once its generation has
 * ended, by a refusal or a disconnect, and once a newer confirmation has its own key: one of the CRM account, or of another
 * CRM account with that Wazzup account or that very key.
 */
const TAKES_A_KEY = `exchanges.status <> 'connected'
  AND EXISTS (
    SELECT 1 FROM generations AS mine
    WHERE mine.id = exchanges.generation_id AND mine.status IN ('pending', 'abandoned')
      AND (exchanges.status = 'pending' OR NOT EXISTS (
        SELECT 1 FROM generations AS newer
        WHERE newer.connection_id = mine.connection_id AND newer.generation > mine.generation
          AND newer.status = 'current')))
  AND (exchanges.status = 'pending' OR NOT EXISTS (
    SELECT 1 FROM exchanges AS later JOIN generations AS holder ON holder.id = later.generation_id
    WHERE later.created_at > exchanges.created_at AND holder.status = 'current'
      AND (holder.api_key_hash = @apiKeyHash OR later.wazzup_account_id = exchanges.wazzup_account_id)))`

const SETTLE = sql<{ generation_id: string; crm_account_id: string }>(`
  UPDATE exchanges SET status = 'connected', reason = NULL, in_flight = 0, state_sealed = NULL
  WHERE state_hash = @stateHash AND ${TAKES_A_KEY}
  RETURNING generation_id, crm_account_id`)

const HOLDERS = sql<HolderRow>(`
  SELECT generations.id, connection_id, crm_account_id, generation, generations.status FROM generations
  JOIN connections ON connections.id = connection_id
  WHERE api_key_hash = @apiKeyHash AND crm_account_id <> @crm_account_id`)

const AUDIT_TAKEN = sql(`
  INSERT INTO audit (at, action, user_id, user_name, crm_account_id, wazzup_account_id, generation, address)
  SELECT @now, 'connection.taken_over', user_id, user_name, holder.crm_account_id, holder.wazzup_account_id,
         generations.generation, address
  FROM exchanges, generations JOIN connections AS holder ON holder.id = generations.connection_id
  WHERE exchanges.generation_id = @generation_id AND generations.id = @holder`)

const OLDER_BECOME_PREVIOUS = sql(`
  UPDATE generations SET status = 'previous', resolves_until = @graceUntil
  WHERE status = 'current'
    AND connection_id = (SELECT connection_id FROM generations WHERE id = @generation_id)
    AND generation < (SELECT generation FROM generations WHERE id = @generation_id)`)

/** Makes the generation current, unless a newer one is already: a late answer never touches a newer connection. */
const STORE_KEY = sql(`
  UPDATE generations SET api_key_hash = @apiKeyHash, api_key_sealed = @apiKey,
    status = CASE WHEN newer > 0 THEN 'previous' ELSE 'current' END,
    resolves_until = CASE WHEN newer > 0 THEN CAST(@graceUntil AS bigint) END
  FROM (
    SELECT count(*) AS newer FROM generations AS other JOIN generations AS mine ON mine.id = @generation_id
    WHERE other.connection_id = mine.connection_id AND other.generation > mine.generation AND other.status = 'current'
  ) AS found
  WHERE id = @generation_id`)

const CONNECT = sql(`
  UPDATE connections SET status = 'connected', connected_at = @now, probed_at = {now}, invalid_since = NULL,
    disconnected_at = NULL,
    crm_account_name = exchanges.crm_account_name, wazzup_account_id = exchanges.wazzup_account_id
  FROM exchanges JOIN generations ON generations.id = exchanges.generation_id
  WHERE exchanges.generation_id = @generation_id AND generations.status = 'current'
    AND connections.id = generations.connection_id`)

const AUDIT = sql(`
  INSERT INTO audit (at, action, user_id, user_name, crm_account_id, wazzup_account_id, generation, address)
  SELECT @now, CASE generations.status WHEN 'current' THEN 'connection.connected' ELSE 'connection.superseded' END,
    user_id, user_name, crm_account_id, wazzup_account_id, generation, address
  FROM exchanges JOIN generations ON generations.id = exchanges.generation_id
  WHERE exchanges.generation_id = @generation_id`)

/** Keys that are not current any more upload nothing. */
const FORGET_OLDER = sql(`
  DELETE FROM uploads WHERE generation_id IN (
    SELECT other.id FROM generations AS other JOIN generations AS mine ON mine.id = @generation_id
    WHERE other.connection_id = mine.connection_id AND other.status <> 'current')`)

const UPLOAD = sql(`
  INSERT INTO uploads (generation_id, status, created_at, due_at)
  SELECT id, 'waiting', @now, {now} FROM generations WHERE id = @generation_id AND status = 'current'`)

/** The second commit of an exchange: see `ExchangeStore.record`. */
export const record = alone(function* (connected: Connected): Steps<TakenOver[] | null> {
  const settled = yield* one(SETTLE, connected)
  if (!settled) return null
  const values = { ...connected, ...settled }
  const holders = yield* all(HOLDERS, values)
  for (const holder of holders) {
    // Wazzup has bound that Wazzup account again, so the older holder must not be able to use its key any longer. A
    // connection that has moved on to another key keeps that one.
    yield* run(AUDIT_TAKEN, { ...values, holder: holder.id })
    if (toTakenOver(holder).disconnected) yield* endConnection(holder.connection_id, connected.now)
    else yield* endGenerations([holder.id])
  }
  for (const step of [OLDER_BECOME_PREVIOUS, STORE_KEY, CONNECT, AUDIT, FORGET_OLDER])
    yield* run(step, values)
  if (connected.upload) yield* run(UPLOAD, values)
  return holders.map(toTakenOver)
})
