import { supportIdOf } from '../../shared/support-id.ts'
import { AppError } from '../../shared/app-error.ts'
import { replacedBy } from '../connection.ts'
import { toClaimedExchange, type ExchangeRow } from '../exchange.ts'
import { moment } from '../moment.ts'
import type { ClaimResult, NewExchange } from '../port.ts'
import { abandonGenerations } from './generations.ts'
import { LEASES } from './lease.ts'
import { attemptLocks } from './locks.ts'
import { all, alone, one, read, run, sql, type Steps } from './operation.ts'
import { line, tells } from './story.ts'

/** Rows as `toExchange` reads them. */
export const SELECT_EXCHANGE = sql<ExchangeRow>(`
  SELECT exchanges.state_hash, exchanges.state_sealed, generations.crm_key_sealed, exchanges.name, exchanges.crm_account_id,
    exchanges.crm_account_name, exchanges.generation_id, exchanges.attempt_id, exchanges.status, exchanges.reason,
    exchanges.maybe_answered, exchanges.in_flight, exchanges.tries, exchanges.due_at - {now} AS due_in, {now} - exchanges.created_at AS age,
    exchanges.runner, uploads.status AS upload_status
  FROM exchanges
  JOIN generations ON generations.id = exchanges.generation_id
  LEFT JOIN uploads ON uploads.generation_id = exchanges.generation_id
  WHERE exchanges.state_hash = @stateHash`)

/** Condition on `attempts`: another exchange of its account is being sent this moment, perhaps one that a disconnect has ended. */
const OTHER_IS_SENDING = `EXISTS (
    SELECT 1 FROM exchanges WHERE exchanges.crm_account_id = attempts.crm_account_id
      AND exchanges.state_hash <> attempts.state_hash AND exchanges.in_flight = 1 AND exchanges.due_at > {now})`

interface Found {
  crm_account_id: string
  /** Whose state it is; null for one that nobody has used. */
  owner: string | null
  busy: number
  status: string | null
  connected_at: number | null
}

const FIND = sql<Found>(`
  SELECT attempts.crm_account_id, used.crm_account_id AS owner, CASE WHEN ${OTHER_IS_SENDING} THEN 1 ELSE 0 END AS busy,
    connections.status, connections.connected_at
  FROM attempts
  LEFT JOIN exchanges AS used ON used.state_hash = attempts.state_hash
  LEFT JOIN connections ON connections.crm_account_id = attempts.crm_account_id
  WHERE attempts.id = @attemptId AND attempts.status = 'identified' AND attempts.expires_at > {now}`)

interface ClaimedAttempt {
  state_hash: string
  wazzup_account_id: string | null
  user_id: string
  user_name: string
  crm_account_id: string
  crm_account_name: string
}

/** The account is named, as another login may have come in between. */
const TAKE_ATTEMPT = sql<ClaimedAttempt>(`
  UPDATE attempts SET status = 'confirmed', state_sealed = NULL, login_sealed = NULL,${tells("'confirmed'")}
  WHERE id = @attemptId AND status = 'identified' AND expires_at > {now} AND crm_account_id = @crm_account_id
  RETURNING state_hash, wazzup_account_id, user_id, user_name, crm_account_id, crm_account_name`)

const REFUSE_ATTEMPT = sql(`
  UPDATE attempts SET status = 'failed', reason = 'state_used_elsewhere',${tells("'failed'", "'state_used_elsewhere'")}
  WHERE id = @attemptId`)

/** That somebody is written down for it once more a trigger notes. */
const CONNECTION = sql(`
  INSERT INTO connections (id, crm_account_id, crm_account_name, wazzup_account_id, status)
  VALUES (@connectionId, @crm_account_id, @crm_account_name, @wazzup_account_id, 'new')
  ON CONFLICT (crm_account_id) DO NOTHING`)

const GENERATION = sql(`
  INSERT INTO generations (id, connection_id, generation, status, crm_key_hash, crm_key_sealed, wazzup_account, created_at)
  SELECT @generationId, id, 1 + (SELECT coalesce(max(generation), 0) FROM generations WHERE connection_id = connections.id),
         'pending', @crmKeyHash, @crmKey, @wazzup_account_id, {now}
  FROM connections WHERE crm_account_id = @crm_account_id`)

const EXCHANGE = sql(`
  INSERT INTO exchanges (state_hash, state_sealed, name, crm_account_id, crm_account_name, wazzup_account_id,
    generation_id, attempt_id, user_id, user_name, address, status, in_flight, maybe_answered, tries, runner, due_at, created_at,
    support_id, steps)
  VALUES (@state_hash, @state, @name, @crm_account_id, @crm_account_name, @wazzup_account_id,
    @generationId, @attemptId, @user_id, @user_name, @address, 'pending', 1, 0, 1, @runner, {now} + @lease, {now},
    @supportId, ${line("'sent'")})`)

/**
 * The first commit of an exchange: see `ExchangeStore.claim`. A state that is used already is not asked about: what
 * became of it is shown. Of two at a time it would be open which of them Wazzup has heard last, and so which crmKey it uses.
 */
export const claim = alone(attemptLocks, function* (exchange: NewExchange): Steps<ClaimResult> {
  const { attemptId } = exchange
  const found = yield* one(FIND, { attemptId })
  if (!found) return { kind: 'not_open' }
  const { owner, crm_account_id } = found
  if (owner === null && found.busy === 1) return { kind: 'busy' }
  if (owner === null && replacedNow(found) !== exchange.replaces) return { kind: 'changed' }
  const attempt = yield* one(TAKE_ATTEMPT, { attemptId, crm_account_id })
  if (!attempt) return { kind: 'not_open' }
  if (owner === crm_account_id) return { kind: 'joined' }
  if (owner !== null) {
    yield* run(REFUSE_ATTEMPT, { attemptId })
    return { kind: 'elsewhere' }
  }
  const values = { ...attempt, ...exchange, supportId: supportIdOf(attemptId) }
  for (const insert of [CONNECTION, GENERATION, EXCHANGE]) yield* run(insert, values)
  yield* endSuperseded(exchange)
  const row = yield* one(SELECT_EXCHANGE, { stateHash: attempt.state_hash })
  if (!row) throw new AppError('An exchange is missing right after its insert', { code: 'exchange_missing' })
  return { kind: 'claimed', exchange: toClaimedExchange(row) }
})

const replacedNow = ({ status, connected_at }: Found) =>
  replacedBy(status === null ? null : { status, connectedAt: moment(connected_at) })

const BUSY = sql<object>(`SELECT 1 FROM attempts WHERE id = @attemptId AND ${OTHER_IS_SENDING}`)

export const isSendingAnother = read(function* (attemptId: string): Steps<boolean> {
  return (yield* one(BUSY, { attemptId })) !== undefined
})

const END_SUPERSEDED = sql<{ generation_id: string }>(`
  UPDATE exchanges SET status = 'failed', reason = 'restart_needed', in_flight = 0, state_sealed = NULL,
    ${tells("'superseded'")}
  WHERE state_sealed IS NOT NULL AND (in_flight = 0 OR ${LEASES.exchange.free}) AND EXISTS (
    SELECT 1 FROM generations AS mine JOIN generations AS newer ON newer.connection_id = mine.connection_id
    WHERE mine.id = exchanges.generation_id AND newer.generation > mine.generation
      AND newer.status IN ('pending', 'current'))
  RETURNING generation_id`)

/**
 * Ends every exchange whose account has just confirmed another one. (None of them is being sent: see `claim`; one that
 * is marked so has lost its lease in a crash.) So an account has one unsettled exchange at the most. The newest
 * confirmation is what the person wants; a late sending of an older one, by a worker or by «Try again», would have
 * Wazzup forget the newer crmKey.
 */
function* endSuperseded({ grace }: NewExchange): Steps<void> {
  const superseded = yield* all(END_SUPERSEDED)
  const ids = superseded.map(({ generation_id }) => generation_id)
  yield* abandonGenerations(ids, grace)
}
