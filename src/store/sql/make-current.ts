import type { Connected, StoreEvent, TakenOver } from '../port.ts'
import { bindChanges } from './change-endings.ts'
import { endConnection, endGenerations } from './generations.ts'
import { LEASES } from './lease.ts'
import { all, run, sql, type Steps } from './operation.ts'
import { tells } from './story.ts'
import { queueSwitchOffs, untilMovedOff } from './switch-offs.ts'
import { tell } from './tell.ts'

/** A generation that is to be the current one of its account. */
export interface Becoming {
  id: string
  connection_id: string
  crm_account_id: string
  /** Status and Wazzup account of the connection as it is before. */
  was: string
  was_for: string | null
  wazzup_account: string | null
  held_elsewhere: number
  leaves: number
}

/** Condition: keys of the account that are not wanted any more, for another Wazzup account or waiting to become current. */
export const LEFT_BEHIND = `older.id <> mine.id
  AND ((older.status = 'current' AND older.wazzup_account <> mine.wazzup_account)
    OR (older.kept_key_sealed IS NOT NULL AND older.kept_key_hash <> @apiKeyHash))`

const SETTLE = sql(`
  UPDATE exchanges SET status = 'connected', reason = NULL, in_flight = 0, runner = NULL, state_sealed = NULL,
    ${tells("'connected'")}
  WHERE generation_id = @id`)

/** A generation of another CRM account that holds an apiKey. */
interface RivalRow {
  id: string
  connection_id: string
  crm_account_id: string
  generation: number
  status: string
}

const toTakenOver = ({ crm_account_id, generation, status }: RivalRow): TakenOver => ({
  crmAccountId: crm_account_id,
  generation,
  disconnected: status === 'current',
})

const RIVALS = sql<RivalRow>(`
  SELECT generations.id, connection_id, crm_account_id, generation, generations.status FROM generations
  JOIN connections ON connections.id = connection_id
  WHERE api_key_hash = @apiKeyHash AND crm_account_id <> @crm_account_id`)

const AUDIT_TAKEN = sql(`
  INSERT INTO audit (at, action, user_id, user_name, crm_account_id, wazzup_account_id, generation, address)
  SELECT @now, 'connection.taken_over', user_id, user_name, rival.crm_account_id, generations.wazzup_account,
         generations.generation, address
  FROM exchanges, generations JOIN connections AS rival ON rival.id = generations.connection_id
  WHERE exchanges.generation_id = @id AND generations.id = @rival`)

const LEAVES = sql<{ id: string; status: string }>(`
  SELECT older.id, older.status FROM generations AS older JOIN generations AS mine ON mine.id = @id
  WHERE older.connection_id = mine.connection_id AND ${LEFT_BEHIND}`)

/** No key that came late waits any more, either. */
const OLDER_BECOME_PREVIOUS = sql(`
  UPDATE generations SET kept_key_hash = NULL, kept_key_sealed = NULL,
    status = CASE status WHEN 'current' THEN 'previous' ELSE status END,
    resolves_until = CASE status WHEN 'current' THEN {now} + CAST(@grace AS bigint) ELSE resolves_until END
  WHERE connection_id = @connection_id AND (status = 'current' OR kept_key_sealed IS NOT NULL)`)

const STORE_KEY = sql(`
  UPDATE generations SET status = 'current', resolves_until = NULL, api_key_hash = @apiKeyHash, api_key_sealed = @apiKey
  WHERE id = @id`)

/** An apiKey that nobody has tried yet is the next to be tried. */
const CONNECT = sql(`
  UPDATE connections SET status = 'connected', connected_at = @now, invalid_since = NULL, disconnected_at = NULL,
    ${LEASES.probe.leave}, probe_until = NULL, probed_at = 0,
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

/** Makes an apiKey the current one of its account. Resolves to the generations of others that held it. */
export function* makeCurrent(connected: Connected, found: Becoming): Steps<TakenOver[]> {
  const values = { ...connected, ...found }
  yield* run(SETTLE, values)
  const rivals = found.held_elsewhere === 1 ? yield* all(RIVALS, values) : []
  for (const rival of rivals) {
    // Wazzup has bound that Wazzup account again, so the older one must not be able to use its key any longer. A
    // connection that has moved on to another key keeps that one.
    yield* run(AUDIT_TAKEN, { ...values, rival: rival.id })
    if (toTakenOver(rival).disconnected) {
      yield* endConnection(rival.connection_id, connected.now, 'settled keys')
      yield* tell(rival.id, { type: 'connection.disconnected', cause: 'taken_over' })
    } else yield* endGenerations([rival.id])
  }
  if (found.leaves === 1) yield* leaveBehind(values)
  // An apiKey is current in one place only: the older generation makes room first, also where Wazzup gives the same key.
  for (const step of [OLDER_BECOME_PREVIOUS, STORE_KEY, CONNECT, AUDIT]) yield* run(step, values)
  const { upload, bringsData = upload } = connected
  // Before the first apiKey nothing was sent, and no change taken.
  if (found.was !== 'new')
    yield* bindChanges({ connectionId: found.connection_id, generationId: found.id, bringsData })
  yield* run(FORGET_OLDER, values)
  if (upload) yield* run(UPLOAD, values)
  yield* tell(found.id, madeCurrent(found))
  return rivals.map(toTakenOver)
}

/** What the CRM is told: after a disconnect it is a new connection. */
function madeCurrent({ was, was_for, wazzup_account }: Becoming): StoreEvent {
  if (was === 'new' || was === 'disconnected') return { type: 'connection.connected' }
  return {
    type: 'connection.reconnected',
    previousWazzupAccountId: was_for === wazzup_account ? null : was_for,
  }
}

/** Webhooks of a Wazzup account that was moved away from, and of keys that came late and are not wanted any more. */
function* leaveBehind(values: Connected & Becoming): Steps<void> {
  const left = yield* all(LEAVES, values)
  const ids = (isCurrent: boolean) =>
    left.filter(({ status }) => (status === 'current') === isCurrent).map(({ id }) => id)
  const wait = untilMovedOff(values.grace)
  yield* queueSwitchOffs(ids(true), { cause: 'moved', wait })
  yield* queueSwitchOffs(ids(false), { cause: 'late', wait: 0 })
}
