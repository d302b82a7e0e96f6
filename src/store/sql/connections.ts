import { toConnection, type ConnectionRow } from '../connection.ts'
import type {
  Actor,
  ChangedConnectionStore,
  Connection,
  ConnectionPage,
  ConnectionStore,
  Holder,
  Lease,
} from '../port.ts'
import { erase, persons } from './erase.ts'
import { endConnection } from './generations.ts'
import { keyHealth } from './key-health.ts'
import { accountLock } from './locks.ts'
import { all, alone, one, read, run, sql, type Run, type Steps } from './operation.ts'
import { tells } from './story.ts'
import { tell } from './tell.ts'
import { queueOfDisconnect } from './switch-offs.ts'

/** What is shown of a connection. A migration has triggers for when it changes. */
export const SHOWN = `
    connections.id, crm_account_id, crm_account_name, wazzup_account_id, connections.status, generations.generation,
    connected_at, invalid_since, disconnected_at, coalesce(address.reason, uploads.reason) AS warning`
export const OF_ITS_KEYS = `
  LEFT JOIN generations ON generations.connection_id = connections.id AND generations.status = 'current'
  LEFT JOIN uploads ON uploads.generation_id = generations.id AND uploads.status = 'failed'
  LEFT JOIN upload_steps AS address ON address.generation_id = generations.id
    AND address.kind = 'webhooks' AND address.status = 'failed'`

/** A connection that was never made, because its first exchange failed, is not there for anybody. */
const SELECT = `SELECT ${SHOWN} FROM connections ${OF_ITS_KEYS}`

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

export const connections = (run: Run): Omit<ConnectionStore, keyof ChangedConnectionStore> => ({
  find: (crmAccountId) => run(find, crmAccountId),
  list: (wanted) => run(list, wanted),
  holders: (wazzupAccountIds) => run(holders, wazzupAccountIds),
  disconnect: (crmAccountId, by, now) => run(disconnect, crmAccountId, by, now),
  erase: (crmAccountId, by, now) => run(erase, crmAccountId, by, now),
  persons: (crmAccountId) => run(persons, crmAccountId),
  ...keyHealth(run),
})
