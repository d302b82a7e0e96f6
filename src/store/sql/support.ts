import { supportIdOf } from '../../shared/support-id.ts'
import type {
  Attempt,
  Exchange,
  SupportedAttempt,
  SupportedExchange,
  SupportRecord,
  SupportStore,
} from '../port.ts'
import { LEFT_OUT, toSteps } from '../support.ts'
import { attemptOf } from './attempts.ts'
import { exchangeOf } from './exchanges.ts'
import { all, one, read, run, single, sql, type Run, type Steps } from './operation.ts'

interface AttemptFound {
  id: string
  steps: string
  created_at: number
  expires_at: number
}

/** Two attempts of one id are as good as impossible: then the later one is meant. */
const ATTEMPT = sql<AttemptFound>(`
  SELECT id, steps, created_at, expires_at FROM attempts WHERE support_id = @supportId ORDER BY created_at DESC LIMIT 1`)

interface ExchangeFound {
  state_hash: string
  wazzup_account_id: string | null
  generation: number
  confirmed_at: number
  steps: string
}

const exchangeWhere = (condition: string) =>
  sql<ExchangeFound>(`
    SELECT exchanges.state_hash, exchanges.wazzup_account_id, generations.generation, exchanges.created_at AS confirmed_at,
      exchanges.steps
    FROM exchanges JOIN generations ON generations.id = exchanges.generation_id
    WHERE exchanges.${condition} ORDER BY exchanges.created_at DESC LIMIT 1`)

/** Another attempt of the same account may have confirmed the state first. */
const OF_STATE = exchangeWhere('state_hash = @stateHash')

const OF_ERASED = exchangeWhere('support_id = @supportId')

const find = read(function* (supportId: string): Steps<SupportRecord | null> {
  const found = yield* one(ATTEMPT, { supportId })
  const attempt = found ? yield* attemptOf(found.id) : null
  const row = yield* exchangeFor(attempt, supportId)
  const exchange = row ? yield* exchangeOf(row.state_hash) : null
  if (!attempt && !exchange) return null
  const stories = [found?.steps ?? '', row?.steps ?? '']
  return {
    attempt: found && attempt ? withoutSecrets(attempt, found) : null,
    exchange: row && exchange ? { ...exchange, ...toFacts(row) } : null,
    steps: stories.flatMap(toSteps).toSorted((one, other) => one.at.getTime() - other.at.getTime()),
    areStepsLeftOut: stories.some((story) => story.startsWith(LEFT_OUT)),
  }
})

/** An attempt that was not confirmed may have a state that another account has used: that is not told. */
function* exchangeFor(attempt: Attempt | null, supportId: string): Steps<ExchangeFound | undefined> {
  if (!attempt) return yield* one(OF_ERASED, { supportId })
  return attempt.status === 'confirmed' ? yield* one(OF_STATE, { stateHash: attempt.stateHash }) : undefined
}

function withoutSecrets(attempt: Attempt, row: AttemptFound): SupportedAttempt {
  const { status, reason, identity, wazzupAccountId, expiresIn } = attempt
  const moments = { createdAt: new Date(row.created_at), expiresAt: new Date(row.expires_at) }
  return { status, reason, identity, wazzupAccountId, expiresIn, ...moments }
}

const toFacts = (row: ExchangeFound): Omit<SupportedExchange, keyof Exchange> => ({
  generation: row.generation,
  wazzupAccountId: row.wazzup_account_id,
  confirmedAt: new Date(row.confirmed_at),
})

/** By a process of the release before, which does not know the column; or from before the update. */
const nameless = (table: string, id: string) => ({
  find: sql<{ id: string }>(
    `SELECT ${id} AS id FROM ${table} WHERE support_id IS NULL ORDER BY ${id} LIMIT @limit`,
  ),
  // Rows that another replica has locked are left to it.
  name: sql(`
    UPDATE ${table} SET support_id = substr(named.value, 1, 12) FROM {each named} AS named
    WHERE ${table}.${id} = substr(named.value, 13) AND ${table}.${id} IN (
      SELECT ${id} FROM ${table} WHERE support_id IS NULL AND ${id} IN {each ids} {skip locked})`),
})

/** Somebody waits: more are left to the clean-up. */
const AT_ONCE = 1000

const NAMELESS = [nameless('attempts', 'id'), nameless('exchanges', 'attempt_id')]

/** Gives attempts and exchanges that have none their support ids, at most `limit` of each. Resolves to how many. */
export const giveSupportIds = single(function* (limit: number): Steps<number> {
  let given = 0
  for (const { find: nextOnes, name } of NAMELESS) {
    const ids = (yield* all(nextOnes, { limit })).map(({ id }) => id)
    if (ids.length > 0) given += yield* run(name, { ids, named: ids.map((id) => supportIdOf(id) + id) })
  }
  return given
})

export const support = (run: Run): SupportStore => ({
  async find(supportId) {
    const found = await run(find, supportId)
    return found ?? ((await run(giveSupportIds, AT_ONCE)) > 0 ? run(find, supportId) : null)
  },
})
