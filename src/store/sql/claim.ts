import { AppError } from '../../shared/app-error.ts'
import { toClaimedExchange, type ExchangeRow } from '../exchange-rows.ts'
import type { ClaimResult, NewExchange } from '../port.ts'
import { abandonGeneration } from './generations.ts'
import { LEASES } from './lease.ts'
import { all, alone, one, read, run, sql, type Steps } from './operation.ts'

/** Rows as `toExchange` reads them. */
export const SELECT_EXCHANGE = sql<ExchangeRow>(`
  SELECT exchanges.state_hash, exchanges.state_sealed, generations.crm_key_sealed, exchanges.name, exchanges.crm_account_id,
    exchanges.crm_account_name, exchanges.generation_id, exchanges.attempt_id, exchanges.status, exchanges.reason,
    exchanges.maybe_answered, exchanges.tries, exchanges.due_at - {now} AS due_in, {now} - exchanges.created_at AS age,
    exchanges.runner, uploads.status AS upload_status
  FROM exchanges
  JOIN generations ON generations.id = exchanges.generation_id
  LEFT JOIN uploads ON uploads.generation_id = exchanges.generation_id
  WHERE exchanges.state_hash = @stateHash`)

interface ClaimedAttempt {
  state_hash: string
  wazzup_account_id: string | null
  user_id: string
  user_name: string
  crm_account_id: string
  crm_account_name: string
}

const TAKE_ATTEMPT = sql<ClaimedAttempt>(`
  UPDATE attempts SET status = 'confirmed', state_sealed = NULL, login_sealed = NULL
  WHERE id = @attemptId AND status = 'identified' AND expires_at > @now
  RETURNING state_hash, wazzup_account_id, user_id, user_name, crm_account_id, crm_account_name`)

const REFUSE_ATTEMPT = sql(
  "UPDATE attempts SET status = 'failed', reason = 'state_used_elsewhere' WHERE id = @attemptId",
)

const OWNER = sql<{ crm_account_id: string }>(
  'SELECT crm_account_id FROM exchanges WHERE state_hash = @state_hash',
)

const CONNECTION = sql(`
  INSERT INTO connections (id, crm_account_id, crm_account_name, wazzup_account_id, status)
  VALUES (@connectionId, @crm_account_id, @crm_account_name, @wazzup_account_id, 'new')
  ON CONFLICT (crm_account_id) DO NOTHING`)

const GENERATION = sql(`
  INSERT INTO generations (id, connection_id, generation, status, crm_key_hash, crm_key_sealed, wazzup_account, created_at)
  SELECT @generationId, id, 1 + (SELECT coalesce(max(generation), 0) FROM generations WHERE connection_id = connections.id),
         'pending', @crmKeyHash, @crmKey, @wazzup_account_id, @now
  FROM connections WHERE crm_account_id = @crm_account_id`)

const EXCHANGE = sql(`
  INSERT INTO exchanges (state_hash, state_sealed, name, crm_account_id, crm_account_name, wazzup_account_id,
    generation_id, attempt_id, user_id, user_name, address, status, in_flight, maybe_answered, tries, runner, due_at, created_at)
  VALUES (@state_hash, @state, @name, @crm_account_id, @crm_account_name, @wazzup_account_id,
    @generationId, @attemptId, @user_id, @user_name, @address, 'pending', 1, 0, 1, @runner, {now} + @lease, {now})`)

/** The first commit of an exchange: see `ExchangeStore.claim`. */
export const claim = alone(function* (exchange: NewExchange): Steps<ClaimResult> {
  const { attemptId, now } = exchange
  if (yield* otherIsSending(attemptId)) return { kind: 'busy' }
  const attempt = yield* one(TAKE_ATTEMPT, { attemptId, now })
  if (!attempt) return { kind: 'not_open' }
  const burnt = yield* one(OWNER, attempt)
  if (burnt && burnt.crm_account_id === attempt.crm_account_id) return { kind: 'joined' }
  if (burnt) {
    yield* run(REFUSE_ATTEMPT, { attemptId })
    return { kind: 'elsewhere' }
  }
  for (const insert of [CONNECTION, GENERATION, EXCHANGE]) yield* run(insert, { ...attempt, ...exchange })
  yield* endSuperseded(exchange)
  const row = yield* one(SELECT_EXCHANGE, { stateHash: attempt.state_hash })
  if (!row) throw new AppError('An exchange is missing right after its insert', { code: 'exchange_missing' })
  return { kind: 'claimed', exchange: toClaimedExchange(row) }
})

const SENDING = sql<object>(`
  SELECT 1 FROM exchanges JOIN attempts ON attempts.crm_account_id = exchanges.crm_account_id
  WHERE attempts.id = @attemptId AND exchanges.state_hash <> attempts.state_hash
    AND exchanges.state_sealed IS NOT NULL AND exchanges.status = 'pending' AND in_flight = 1 AND due_at > {now}`)

/**
 * Whether another exchange of an attempt's account is being sent this moment. Two at a time would leave open which of
 * them Wazzup has heard last, and so which crmKey it uses.
 */
function* otherIsSending(attemptId: string): Steps<boolean> {
  return (yield* one(SENDING, { attemptId })) !== undefined
}

export const isBusy = read(otherIsSending)

const END_SUPERSEDED = sql<{ generation_id: string }>(`
  UPDATE exchanges SET status = 'failed', reason = 'restart_needed', in_flight = 0, state_sealed = NULL
  WHERE state_sealed IS NOT NULL AND (in_flight = 0 OR ${LEASES.exchange.free}) AND EXISTS (
    SELECT 1 FROM generations AS mine JOIN generations AS newer ON newer.connection_id = mine.connection_id
    WHERE mine.id = exchanges.generation_id AND newer.generation > mine.generation
      AND newer.status IN ('pending', 'current'))
  RETURNING generation_id`)

/**
 * Ends every exchange whose account has just confirmed another one. (None of them is being sent: see `otherIsSending`; one
 * that is marked so has lost its lease in a crash.) So an account has one unsettled exchange at the most. The newest
 * confirmation is what the person wants; a late sending of an older one, by a worker or by «Try again», would have
 * Wazzup forget the newer crmKey.
 */
function* endSuperseded({ graceUntil }: NewExchange): Steps<void> {
  for (const { generation_id } of yield* all(END_SUPERSEDED))
    yield* abandonGeneration(generation_id, graceUntil)
}
