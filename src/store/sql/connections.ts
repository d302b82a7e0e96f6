import {
  FIRST_PAUSE,
  HEALTH_CHANGES,
  toConnection,
  type ConnectionRow,
  type NextTry,
  type UntriedKey,
} from '../connection.ts'
import type { Actor, Claim, Connection, ConnectionPage, ConnectionStore, Holder, Lease } from '../port.ts'
import { currentKey } from './current-key.ts'
import { endConnection } from './generations.ts'
import { LEASES } from './lease.ts'
import { accountLock, generationLock } from './locks.ts'
import { all, alone, one, read, run, single, sql, type Run, type Steps } from './operation.ts'
import { tells } from './story.ts'
import { tell } from './tell.ts'
import { queueOfDisconnect } from './switch-offs.ts'
import { uploadEvent } from '../delivery.ts'
import { stepsOf } from './uploads.ts'

/** A connection that was never made, because its first exchange failed, is not there for anybody. */
const SELECT = `
  SELECT connections.id, crm_account_id, crm_account_name, wazzup_account_id, connections.status, generations.generation,
    connected_at, invalid_since, disconnected_at, coalesce(address.reason, uploads.reason) AS warning
  FROM connections LEFT JOIN generations ON connection_id = connections.id AND generations.status = 'current'
  LEFT JOIN uploads ON uploads.generation_id = generations.id AND uploads.status = 'failed'
  LEFT JOIN upload_steps AS address ON address.generation_id = generations.id
    AND address.kind = 'webhooks' AND address.status = 'failed'`

const ONE = sql<ConnectionRow>(
  `${SELECT} WHERE crm_account_id = @crmAccountId AND connections.status <> 'new'`,
)

const page = (condition: string) =>
  sql<ConnectionRow>(`
    ${SELECT} WHERE connections.status ${condition} AND crm_account_id > @after ORDER BY crm_account_id LIMIT @limit`)
const ALL = page("<> 'new'")
const OF_STATUS = page('= @status')

const find = read(function* (crmAccountId: string): Steps<Connection | null> {
  const row = yield* one(ONE, { crmAccountId })
  return row ? toConnection(row) : null
})

const list = read(function* ({ status, after, limit }: ConnectionPage): Steps<Connection[]> {
  const values = { after: after ?? '', limit, status }
  return (yield* all(status === null ? ALL : OF_STATUS, values)).map(toConnection)
})

const HOLDERS = sql<{ wazzup_account: string; crm_account_id: string }>(`
  SELECT wazzup_account, crm_account_id FROM generations JOIN connections ON connections.id = connection_id
  WHERE generations.status = 'current' AND wazzup_account IN {each wazzupAccountIds} ORDER BY crm_account_id`)

const holders = read(function* (wazzupAccountIds: readonly string[]): Steps<Holder[]> {
  const rows = yield* all(HOLDERS, { wazzupAccountIds })
  return rows.map((row) => ({ wazzupAccountId: row.wazzup_account, crmAccountId: row.crm_account_id }))
})

/** There is something to end, be it the keys of a first exchange that is under way. `ended_id`: what it is about most. */
const LIVE = sql<{ id: string; ended_id: string; status: string }>(`
  SELECT connections.id, connections.status, generations.id AS ended_id
  FROM connections JOIN generations ON connection_id = connections.id
  WHERE crm_account_id = @crmAccountId AND generations.status <> 'ended'
  ORDER BY CASE generations.status WHEN 'current' THEN 0 ELSE 1 END, generation DESC LIMIT 1`)

const AUDIT_END = sql(`
  INSERT INTO audit (at, action, user_id, user_name, crm_account_id, wazzup_account_id, generation, address)
  SELECT @now, 'connection.disconnected', @userId, @userName, crm_account_id, wazzup_account, generation, @address
  FROM generations JOIN connections ON connections.id = connection_id WHERE generations.id = @ended_id`)

/** One that is being sent stays in flight: no other is, until its answer is there or its lease is over. */
const END_EXCHANGES = sql(`
  UPDATE exchanges SET status = 'failed', reason = 'restart_needed', state_sealed = NULL,${tells("'ended_by_operator'")}
  WHERE crm_account_id = @crmAccountId AND state_sealed IS NOT NULL`)

/**
 * An operator's word. Exchanges that were confirmed before it end, too: Wazzup may still answer one that is under way, and
 * that answer connects nothing.
 */
const disconnect = alone(
  (crmAccountId) => accountLock({ crmAccountId }),
  function* (crmAccountId: string, { taken, ...by }: Actor & { taken?: Lease }, now: Date): Steps<boolean> {
    const live = yield* one(LIVE, { crmAccountId })
    if (!live) return false
    yield* run(AUDIT_END, { ...by, ...live, now })
    yield* run(END_EXCHANGES, { crmAccountId })
    yield* queueOfDisconnect(live.id, taken)
    yield* endConnection(live.id, now, 'all keys')
    if (live.status === 'connected' || live.status === 'invalid')
      yield* tell(live.ended_id, { type: 'connection.disconnected', cause: 'operator' })
    return true
  },
)

/** A worker that is trying the apiKey began before that, and knows less: it loses its claim. */
const CHANGE_HEALTH = sql(`
  UPDATE connections SET status = CAST(@to AS text),
    invalid_since = CASE WHEN CAST(@to AS text) = 'invalid' THEN CAST(@now AS bigint) END,
    ${LEASES.probe.leave}, probed_at = {now},
    probe_until = CASE WHEN CAST(@to AS text) = 'invalid' THEN {now} + ${FIRST_PAUSE} END
  FROM generations
  WHERE generations.id = @generationId AND generations.status = 'current'
    AND connections.id = generations.connection_id AND connections.status = @from`)

const AUDIT_HEALTH = sql(`
  INSERT INTO audit (at, action, user_id, user_name, crm_account_id, wazzup_account_id, generation, address)
  SELECT @now, @action, 'wazzup', 'Wazzup', crm_account_id, wazzup_account_id, generation, '-'
  FROM connections JOIN generations ON connection_id = connections.id WHERE generations.id = @generationId`)

const FOLLOW = {
  // Nobody works on it while the key is refused, so it must not look as if somebody did.
  invalid: sql(`
    UPDATE uploads SET status = 'failed', reason = 'key_refused', due_at = NULL, runner = NULL, tries = 0,
      failing_since = NULL
    WHERE generation_id = @generationId AND status IN ('waiting', 'running')`),
  // Also one whose runner was the first to be told that the key is refused.
  valid: sql(`
    UPDATE uploads SET status = 'waiting', reason = NULL, due_at = {now}
    WHERE generation_id = @generationId AND status = 'failed' AND reason = 'key_refused'`),
}

const noteHealth = alone(
  generationLock,
  function* (generationId: string, name: 'valid' | 'invalid', now: Date): Steps<boolean> {
    const values = { ...HEALTH_CHANGES[name], generationId, now }
    if ((yield* run(CHANGE_HEALTH, values)) === 0) return false
    yield* run(AUDIT_HEALTH, values)
    const uploads = yield* run(FOLLOW[name], values)
    yield* tell(generationId, { type: values.action })
    if (name === 'invalid' && uploads > 0)
      yield* tell(generationId, uploadEvent('failed', 'key_refused', yield* stepsOf(generationId)))
    return true
  },
)

interface ProbeRow {
  crm_account_id: string
  pause: number | null
}

/**
 * Claiming is one statement, so that of several replicas one tries the key. `sets`: what it changes besides the lease. While
 * nobody tries a key that is refused, `probe_until` ends its pause.
 */
const untried = (from: string, order: string, sets = '') => ({
  any: sql<object>(`SELECT 1 ${from} LIMIT 1`),
  claim: sql<ProbeRow>(`
    UPDATE connections SET ${LEASES.probe.take}${sets}
    WHERE id = (SELECT id ${from} ORDER BY ${order} LIMIT 1 {skip locked})
    RETURNING crm_account_id, CASE status WHEN 'invalid' THEN {now} - probed_at END AS pause`),
})

/** Without the names of the indexes SQLite looks through all connections of these statuses, and sorts them. */
const UNTRIED = [
  // However late it is, its pause is as long as it was meant to be: off time is no reason for a longer one.
  untried(
    "FROM connections {index connections_being_probed} WHERE status = 'invalid' AND probe_until <= {now}",
    'probe_until',
    ', probed_at = {now} - (probe_until - probed_at)',
  ),
  untried(
    `FROM connections {index connections_to_probe}
     WHERE status IN ('connected', 'invalid') AND probed_at <= {now} - @interval
       AND (probe_runner IS NULL OR ${LEASES.probe.free})`,
    'probed_at',
  ),
]

/** An apiKey that came after the claim has its own time: what is known of the older one says nothing about it. */
const NOTE_PROBE = sql(`
  UPDATE connections SET ${LEASES.probe.leave}, probe_until = {now} + @pause, probed_at = {now} - @ago
  WHERE id = (SELECT connection_id FROM generations WHERE id = @generationId AND status = 'current')
    AND probe_runner = @runner`)

const claimProbe = single(function* (lease: Lease, interval: number): Steps<UntriedKey | null> {
  for (const { any, claim } of UNTRIED) {
    // Most of the time there is none: looking waits for nobody.
    const row = (yield* one(any, { interval })) && (yield* one(claim, { ...lease, interval }))
    const key = row && (yield* currentKey(row.crm_account_id))
    if (key) return { ...key, pause: row.pause }
  }
  return null
})

const noteProbe = single(function* ({ key, runner }: Claim, { ago, pause }: NextTry): Steps<boolean> {
  const next = { ago, pause: pause ?? null }
  return (yield* run(NOTE_PROBE, { generationId: key.generationId, runner, ...next })) === 1
})

export const connections = (run: Run): ConnectionStore => ({
  find: (crmAccountId) => run(find, crmAccountId),
  list: (wanted) => run(list, wanted),
  holders: (wazzupAccountIds) => run(holders, wazzupAccountIds),
  disconnect: (crmAccountId, by, now) => run(disconnect, crmAccountId, by, now),
  noteHealth: (generationId, health, now) => run(noteHealth, generationId, health, now),
  claimProbe: (lease, interval) => run(claimProbe, lease, interval),
  noteProbe: (claim, next) => run(noteProbe, claim, next),
})
