import type { Database } from 'better-sqlite3'
import { TAKES_A_KEY, toTakenOver, type HolderRow } from '../exchange-rows.ts'
import type { Connected, TakenOver } from '../port.ts'
import { disconnect, endGeneration } from './generations.ts'
import { immediate } from './immediate.ts'

interface Settled {
  generation_id: string
  crm_account_id: string
}

/** The second commit of an exchange, as one transaction: see `ExchangeStore.record`. */
export function record(db: Database): (connected: Connected) => TakenOver[] | null {
  const settle = db.prepare<object, Settled>(`
    UPDATE exchanges SET status = 'connected', reason = NULL, in_flight = 0, state_sealed = NULL
    WHERE state_hash = @stateHash AND ${TAKES_A_KEY}
    RETURNING generation_id, crm_account_id`)
  const takeOver = takeOverApiKey(db)
  const supersede = supersedeGenerations(db)
  const follow = writeConsequences(db)

  return immediate(db, (connected: Connected) => {
    const settled = settle.get(connected)
    if (!settled) return null
    const taken = takeOver(connected, settled)
    supersede(connected, settled)
    follow(connected, settled)
    return taken
  })
}

/**
 * An apiKey belongs to one connection. When Wazzup hands out a key that another CRM account holds, it has bound that
 * Wazzup account again, so the older holder must not be able to use it any longer. A connection that has moved on to
 * another key keeps that one: only the generation that held the key ends.
 */
function takeOverApiKey(db: Database) {
  const holders = db.prepare<object, HolderRow>(`
    SELECT generations.id, connection_id, crm_account_id, generation, generations.status FROM generations
    JOIN connections ON connections.id = connection_id
    WHERE api_key_hash = @apiKeyHash AND crm_account_id <> @crm_account_id`)
  const audit = db.prepare(`
    INSERT INTO audit (at, action, user_id, user_name, crm_account_id, wazzup_account_id, generation, address)
    SELECT @now, 'connection.taken_over', user_id, user_name, holder.crm_account_id, holder.wazzup_account_id,
           generations.generation, address
    FROM exchanges, generations JOIN connections AS holder ON holder.id = generations.connection_id
    WHERE exchanges.generation_id = @generation_id AND generations.id = @holder`)
  const endConnection = disconnect(db)
  const end = endGeneration(db)
  return (connected: Connected, settled: Settled) =>
    holders.all({ ...connected, ...settled }).map((holder) => {
      audit.run({ ...settled, holder: holder.id, now: connected.now.getTime() })
      const taken = toTakenOver(holder)
      if (taken.disconnected) endConnection(holder.connection_id, connected.now)
      else end(holder.id)
      return taken
    })
}

/** Makes the generation current, unless a newer one is already: a late answer never touches a newer connection. */
function supersedeGenerations(db: Database) {
  const olderBecomePrevious = db.prepare(`
    UPDATE generations SET status = 'previous', resolves_until = @graceUntil
    WHERE status = 'current'
      AND connection_id = (SELECT connection_id FROM generations WHERE id = @generation_id)
      AND generation < (SELECT generation FROM generations WHERE id = @generation_id)`)
  const storeKey = db.prepare(`
    UPDATE generations SET api_key_hash = @apiKeyHash, api_key_sealed = @apiKey,
      status = iif(newer, 'previous', 'current'), resolves_until = iif(newer, @graceUntil, NULL)
    FROM (
      SELECT count(*) > 0 AS newer FROM generations AS other JOIN generations AS mine ON mine.id = @generation_id
      WHERE other.connection_id = mine.connection_id AND other.generation > mine.generation AND other.status = 'current'
    )
    WHERE id = @generation_id`)
  return (connected: Connected, settled: Settled) => {
    const values = { ...connected, ...settled, graceUntil: connected.graceUntil.getTime() }
    olderBecomePrevious.run(values)
    storeKey.run(values)
  }
}

function writeConsequences(db: Database) {
  const connection = db.prepare(`
    UPDATE connections SET status = 'connected', connected_at = @now, probed_at = @now, invalid_since = NULL,
      disconnected_at = NULL,
      crm_account_name = exchanges.crm_account_name, wazzup_account_id = exchanges.wazzup_account_id
    FROM exchanges JOIN generations ON generations.id = exchanges.generation_id
    WHERE exchanges.generation_id = @generation_id AND generations.status = 'current'
      AND connections.id = generations.connection_id`)
  const audit = db.prepare(`
    INSERT INTO audit (at, action, user_id, user_name, crm_account_id, wazzup_account_id, generation, address)
    SELECT @now, iif(generations.status = 'current', 'connection.connected', 'connection.superseded'), user_id, user_name, crm_account_id, wazzup_account_id, generation, address
    FROM exchanges JOIN generations ON generations.id = exchanges.generation_id
    WHERE exchanges.generation_id = @generation_id`)
  // Keys that are not current any more upload nothing.
  const forgetOlder = db.prepare(`
    DELETE FROM uploads WHERE generation_id IN (
      SELECT other.id FROM generations AS other JOIN generations AS mine ON mine.id = @generation_id
      WHERE other.connection_id = mine.connection_id AND other.status <> 'current')`)
  const upload = db.prepare(
    `INSERT INTO uploads (generation_id, status, created_at, due_at)
    SELECT id, 'waiting', @now, @now FROM generations WHERE id = @generation_id AND status = 'current'`,
  )
  return (connected: Connected, settled: Settled) => {
    const values = { ...settled, now: connected.now.getTime() }
    connection.run(values)
    audit.run(values)
    forgetOlder.run(values)
    if (connected.upload) upload.run(values)
  }
}
