import { TAKES_A_KEY, toTakenOver, type HolderRow } from '../exchange-rows.ts'
import type { Connected, TakenOver } from '../port.ts'
import type { Session } from './database.ts'
import { disconnect, endGeneration } from './generations.ts'
import { statement } from './statement.ts'

interface Settled {
  generation_id: string
  crm_account_id: string
}

const SETTLE = statement<Settled>(`
  UPDATE exchanges SET status = 'connected', reason = NULL, in_flight = 0, state_sealed = NULL
  WHERE state_hash = @stateHash AND ${TAKES_A_KEY}
  RETURNING generation_id, crm_account_id`)

const HOLDERS = statement<HolderRow>(`
  SELECT generations.id, connection_id, crm_account_id, generation, generations.status FROM generations
  JOIN connections ON connections.id = connection_id
  WHERE api_key_hash = @apiKeyHash AND crm_account_id <> @crm_account_id`)

const AUDIT_TAKEN = statement(`
  INSERT INTO audit (at, action, user_id, user_name, crm_account_id, wazzup_account_id, generation, address)
  SELECT @now, 'connection.taken_over', user_id, user_name, holder.crm_account_id, holder.wazzup_account_id,
         generations.generation, address
  FROM exchanges, generations JOIN connections AS holder ON holder.id = generations.connection_id
  WHERE exchanges.generation_id = @generation_id AND generations.id = @holder`)

const OLDER_BECOME_PREVIOUS = statement(`
  UPDATE generations SET status = 'previous', resolves_until = @graceUntil
  WHERE status = 'current'
    AND connection_id = (SELECT connection_id FROM generations WHERE id = @generation_id)
    AND generation < (SELECT generation FROM generations WHERE id = @generation_id)`)

const STORE_KEY = statement(`
  UPDATE generations SET api_key_hash = @apiKeyHash, api_key_sealed = @apiKey,
    status = CASE WHEN newer THEN 'previous' ELSE 'current' END,
    resolves_until = CASE WHEN newer THEN @graceUntil::bigint END
  FROM (
    SELECT count(*) > 0 AS newer FROM generations AS other JOIN generations AS mine ON mine.id = @generation_id
    WHERE other.connection_id = mine.connection_id AND other.generation > mine.generation AND other.status = 'current'
  ) AS found
  WHERE id = @generation_id`)

const CONNECT = statement(`
  UPDATE connections SET status = 'connected', connected_at = @now, probed_at = @now, invalid_since = NULL,
    disconnected_at = NULL,
    crm_account_name = exchanges.crm_account_name, wazzup_account_id = exchanges.wazzup_account_id
  FROM exchanges JOIN generations ON generations.id = exchanges.generation_id
  WHERE exchanges.generation_id = @generation_id AND generations.status = 'current'
    AND connections.id = generations.connection_id`)

const AUDIT = statement(`
  INSERT INTO audit (at, action, user_id, user_name, crm_account_id, wazzup_account_id, generation, address)
  SELECT @now, CASE generations.status WHEN 'current' THEN 'connection.connected' ELSE 'connection.superseded' END,
    user_id, user_name, crm_account_id, wazzup_account_id, generation, address
  FROM exchanges JOIN generations ON generations.id = exchanges.generation_id
  WHERE exchanges.generation_id = @generation_id`)

/** Keys that are not current any more upload nothing. */
const FORGET_OLDER = statement(`
  DELETE FROM uploads WHERE generation_id IN (
    SELECT other.id FROM generations AS other JOIN generations AS mine ON mine.id = @generation_id
    WHERE other.connection_id = mine.connection_id AND other.status <> 'current')`)

const UPLOAD = statement(`
  INSERT INTO uploads (generation_id, status, created_at, due_at)
  SELECT id, 'waiting', @now, @now FROM generations WHERE id = @generation_id AND status = 'current'`)

/** The second commit of an exchange, within an exclusive transaction: see `ExchangeStore.record`. */
export async function record(session: Session, connected: Connected): Promise<TakenOver[] | null> {
  const { now, graceUntil, upload } = connected
  const settled = await session.one(SETTLE, connected)
  if (!settled) return null
  const values = { ...connected, ...settled, now: now.getTime(), graceUntil: graceUntil.getTime() }
  const holders = await session.all(HOLDERS, values)
  for (const holder of holders) {
    // Wazzup has bound that Wazzup account again, so the older holder must not be able to use its key any longer. A
    // connection that has moved on to another key keeps that one.
    await session.run(AUDIT_TAKEN, { ...values, holder: holder.id })
    if (toTakenOver(holder).disconnected) await disconnect(session, holder.connection_id, now)
    else await endGeneration(session, holder.id)
  }
  // A late answer never touches a newer connection: see the condition of each.
  const steps = [OLDER_BECOME_PREVIOUS, STORE_KEY, CONNECT, AUDIT, FORGET_OLDER]
  for (const step of upload ? [...steps, UPLOAD] : steps) await session.run(step, values)
  return holders.map(toTakenOver)
}
