import type { Session } from './database.ts'
import { statement } from './statement.ts'

const SELECT = statement<object>(`
  SELECT 1 FROM exchanges JOIN attempts ON attempts.crm_account_id = exchanges.crm_account_id
  WHERE attempts.id = @attemptId AND exchanges.state_hash <> attempts.state_hash
    AND exchanges.state_sealed IS NOT NULL AND exchanges.status = 'pending' AND in_flight = 1 AND due_at > @now`)

/**
 * Whether another exchange of an attempt's account is being sent this moment. Two at a time would leave open which of
 * them Wazzup has heard last, and so which crmKey it uses.
 */
export const otherIsSending = async (session: Session, attemptId: string, now: Date): Promise<boolean> =>
  (await session.one(SELECT, { attemptId, now: now.getTime() })) !== undefined
