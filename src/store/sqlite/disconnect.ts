import type { Database } from 'better-sqlite3'
import type { Actor } from '../port.ts'
import { disconnect, endGeneration } from './generations.ts'
import { immediate } from './immediate.ts'

/** An operator's word, as one transaction: see `ConnectionStore.disconnect`. */
export function disconnectByOperator(db: Database): (crmAccountId: string, by: Actor, now: Date) => boolean {
  const select = db.prepare<[string], { id: string }>(
    "SELECT id FROM connections WHERE crm_account_id = ? AND status IN ('connected', 'invalid')",
  )
  const audit = db.prepare(`
    INSERT INTO audit (at, action, user_id, user_name, crm_account_id, wazzup_account_id, generation, address)
    SELECT @now, 'connection.disconnected', @userId, @userName, crm_account_id, wazzup_account_id,
           coalesce((SELECT generation FROM generations WHERE connection_id = connections.id AND status = 'current'), 0), @address
    FROM connections WHERE id = @id`)
  const end = disconnect(db)
  const endUnsettled = endExchangesOf(db)

  return immediate(db, (crmAccountId: string, by: Actor, now: Date) => {
    const connection = select.get(crmAccountId)
    if (!connection) return false
    audit.run({ ...by, ...connection, now: now.getTime() })
    end(connection.id, now)
    endUnsettled(crmAccountId)
    return true
  })
}

/**
 * Exchanges that were confirmed before the operator spoke. Wazzup may still answer one that is under way; that answer
 * finds its exchange ended, so it connects nothing.
 */
function endExchangesOf(db: Database) {
  const settle = db.prepare<[string], { generation_id: string }>(`
    UPDATE exchanges SET status = 'failed', reason = 'restart_needed', in_flight = 0, state_sealed = NULL
    WHERE crm_account_id = ? AND state_sealed IS NOT NULL
    RETURNING generation_id`)
  const end = endGeneration(db)
  return (crmAccountId: string) => {
    for (const { generation_id } of settle.all(crmAccountId)) end(generation_id)
  }
}
