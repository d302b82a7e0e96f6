import type { Database } from 'better-sqlite3'
import { AppError } from '../../shared/app-error.ts'
import { toClaimedExchange, type ExchangeRow } from '../exchange-rows.ts'
import type { ClaimResult, NewExchange } from '../port.ts'
import { SELECT_EXCHANGE } from './exchange-rows.ts'
import { immediate } from './immediate.ts'
import { otherIsSending } from './sending.ts'
import { endSuperseded } from './superseded.ts'

interface ClaimedAttempt {
  state_hash: string
  wazzup_account_id: string | null
  user_id: string
  user_name: string
  crm_account_id: string
  crm_account_name: string
}

/** The first commit of an exchange, as one transaction: see `ExchangeStore.claim`. */
export function claim(db: Database): (exchange: NewExchange) => ClaimResult {
  const takeAttempt = db.prepare<object, ClaimedAttempt>(`
    UPDATE attempts SET status = 'confirmed', state_sealed = NULL, login_sealed = NULL
    WHERE id = @attemptId AND status = 'identified' AND expires_at > @now
    RETURNING *`)
  const refuseAttempt = db.prepare(
    "UPDATE attempts SET status = 'failed', reason = 'state_used_elsewhere' WHERE id = ?",
  )
  const owner = db.prepare<[string], { crm_account_id: string }>(
    'SELECT crm_account_id FROM exchanges WHERE state_hash = ?',
  )
  const select = db.prepare<[string], ExchangeRow>(SELECT_EXCHANGE)
  const makeKeys = newGeneration(db)
  const burn = newExchange(db)
  const isBusy = otherIsSending(db)
  const endOlder = endSuperseded(db)

  return immediate(db, (exchange: NewExchange): ClaimResult => {
    if (isBusy(exchange.attemptId, exchange.now)) return { kind: 'busy' }
    const attempt = takeAttempt.get({ attemptId: exchange.attemptId, now: exchange.now.getTime() })
    if (!attempt) return { kind: 'not_open' }
    const burnt = owner.get(attempt.state_hash)
    if (burnt && burnt.crm_account_id === attempt.crm_account_id) return { kind: 'joined' }
    if (burnt) {
      refuseAttempt.run(exchange.attemptId)
      return { kind: 'elsewhere' }
    }
    makeKeys(exchange, attempt)
    burn(exchange, attempt)
    endOlder(exchange)
    const row = select.get(attempt.state_hash)
    if (!row)
      throw new AppError('An exchange is missing right after its insert', { code: 'exchange_missing' })
    return { kind: 'claimed', exchange: toClaimedExchange(row) }
  })
}

function newGeneration(db: Database) {
  const connection = db.prepare(`
    INSERT INTO connections (id, crm_account_id, crm_account_name, wazzup_account_id, status)
    VALUES (@connectionId, @crm_account_id, @crm_account_name, @wazzup_account_id, 'new')
    ON CONFLICT (crm_account_id) DO NOTHING`)
  const generation = db.prepare(`
    INSERT INTO generations (id, connection_id, generation, status, crm_key_hash, crm_key_sealed, created_at)
    SELECT @generationId, id, 1 + (SELECT coalesce(max(generation), 0) FROM generations WHERE connection_id = connections.id),
           'pending', @crmKeyHash, @crmKey, @now
    FROM connections WHERE crm_account_id = @crm_account_id`)
  return (exchange: NewExchange, attempt: ClaimedAttempt) => {
    const values = { ...attempt, ...exchange, now: exchange.now.getTime() }
    connection.run(values)
    generation.run(values)
  }
}

function newExchange(db: Database) {
  const insert = db.prepare(`
    INSERT INTO exchanges (state_hash, state_sealed, name, crm_account_id, crm_account_name, wazzup_account_id,
      generation_id, attempt_id, user_id, user_name, address, status, in_flight, maybe_answered, tries, due_at, created_at)
    VALUES (@state_hash, @state, @name, @crm_account_id, @crm_account_name, @wazzup_account_id,
      @generationId, @attemptId, @user_id, @user_name, @address, 'pending', 1, 0, 1, @leaseUntil, @now)`)
  return (exchange: NewExchange, attempt: ClaimedAttempt) =>
    insert.run({
      ...attempt,
      ...exchange,
      now: exchange.now.getTime(),
      leaseUntil: exchange.leaseUntil.getTime(),
    })
}
