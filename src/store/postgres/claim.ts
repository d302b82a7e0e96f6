import { AppError } from '../../shared/app-error.ts'
import { toClaimedExchange } from '../exchange-rows.ts'
import type { ClaimResult, NewExchange } from '../port.ts'
import type { Session } from './database.ts'
import { SELECT_EXCHANGE } from './exchange-rows.ts'
import { otherIsSending } from './sending.ts'
import { statement } from './statement.ts'
import { endSuperseded } from './superseded.ts'

interface ClaimedAttempt {
  state_hash: string
  wazzup_account_id: string | null
  user_id: string
  user_name: string
  crm_account_id: string
  crm_account_name: string
}

const TAKE_ATTEMPT = statement<ClaimedAttempt>(`
  UPDATE attempts SET status = 'confirmed', state_sealed = NULL, login_sealed = NULL
  WHERE id = @attemptId AND status = 'identified' AND expires_at > @now
  RETURNING *`)

const REFUSE_ATTEMPT = statement(
  "UPDATE attempts SET status = 'failed', reason = 'state_used_elsewhere' WHERE id = @attemptId",
)

const OWNER = statement<{ crm_account_id: string }>(
  'SELECT crm_account_id FROM exchanges WHERE state_hash = @state_hash',
)

const CONNECTION = statement(`
  INSERT INTO connections (id, crm_account_id, crm_account_name, wazzup_account_id, status)
  VALUES (@connectionId, @crm_account_id, @crm_account_name, @wazzup_account_id, 'new')
  ON CONFLICT (crm_account_id) DO NOTHING`)

const GENERATION = statement(`
  INSERT INTO generations (id, connection_id, generation, status, crm_key_hash, crm_key_sealed, created_at)
  SELECT @generationId, id, 1 + (SELECT coalesce(max(generation), 0) FROM generations WHERE connection_id = connections.id),
         'pending', @crmKeyHash, @crmKey, @now
  FROM connections WHERE crm_account_id = @crm_account_id`)

const EXCHANGE = statement(`
  INSERT INTO exchanges (state_hash, state_sealed, name, crm_account_id, crm_account_name, wazzup_account_id,
    generation_id, attempt_id, user_id, user_name, address, status, in_flight, maybe_answered, tries, due_at, created_at)
  VALUES (@state_hash, @state, @name, @crm_account_id, @crm_account_name, @wazzup_account_id,
    @generationId, @attemptId, @user_id, @user_name, @address, 'pending', 1, 0, 1, @leaseUntil, @now)`)

/** The first commit of an exchange, within an exclusive transaction: see `ExchangeStore.claim`. */
export async function claim(db: Session, exchange: NewExchange): Promise<ClaimResult> {
  const { attemptId, now, leaseUntil } = exchange
  if (await otherIsSending(db, attemptId, now)) return { kind: 'busy' }
  const attempt = await db.one(TAKE_ATTEMPT, { attemptId, now: now.getTime() })
  if (!attempt) return { kind: 'not_open' }
  const burnt = await db.one(OWNER, attempt)
  if (burnt && burnt.crm_account_id === attempt.crm_account_id) return { kind: 'joined' }
  if (burnt) {
    await db.run(REFUSE_ATTEMPT, { attemptId })
    return { kind: 'elsewhere' }
  }
  const values = { ...attempt, ...exchange, now: now.getTime(), leaseUntil: leaseUntil.getTime() }
  for (const insert of [CONNECTION, GENERATION, EXCHANGE]) await db.run(insert, values)
  await endSuperseded(db, exchange)
  const row = await db.one(SELECT_EXCHANGE, { stateHash: attempt.state_hash })
  if (!row) throw new AppError('An exchange is missing right after its insert', { code: 'exchange_missing' })
  return { kind: 'claimed', exchange: toClaimedExchange(row) }
}
