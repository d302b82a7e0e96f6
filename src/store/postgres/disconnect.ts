import type { ConnectionStore } from '../port.ts'
import type { Database, Session } from './database.ts'
import { disconnect, endGeneration } from './generations.ts'
import { statement } from './statement.ts'

const SELECT = statement<{ id: string }>(
  "SELECT id FROM connections WHERE crm_account_id = @crmAccountId AND status IN ('connected', 'invalid')",
)

const AUDIT = statement(`
  INSERT INTO audit (at, action, user_id, user_name, crm_account_id, wazzup_account_id, generation, address)
  SELECT @now, 'connection.disconnected', @userId, @userName, crm_account_id, wazzup_account_id,
         coalesce((SELECT generation FROM generations WHERE connection_id = connections.id AND status = 'current'), 0), @address
  FROM connections WHERE id = @id`)

const SETTLE = statement<{ generation_id: string }>(`
  UPDATE exchanges SET status = 'failed', reason = 'restart_needed', in_flight = 0, state_sealed = NULL
  WHERE crm_account_id = @crmAccountId AND state_sealed IS NOT NULL
  RETURNING generation_id`)

/** An operator's word, as one transaction: see `ConnectionStore.disconnect`. */
export const disconnectByOperator =
  (db: Database): ConnectionStore['disconnect'] =>
  (crmAccountId, by, now) =>
    db.exclusive(async (session) => {
      const connection = await session.one(SELECT, { crmAccountId })
      if (!connection) return false
      await session.run(AUDIT, { ...by, ...connection, now: now.getTime() })
      await disconnect(session, connection.id, now)
      await endExchangesOf(session, crmAccountId)
      return true
    })

/**
 * Exchanges that were confirmed before the operator spoke. Wazzup may still answer one that is under way; that answer
 * finds its exchange ended, so it connects nothing.
 */
async function endExchangesOf(session: Session, crmAccountId: string) {
  for (const { generation_id } of await session.all(SETTLE, { crmAccountId }))
    await endGeneration(session, generation_id)
}
