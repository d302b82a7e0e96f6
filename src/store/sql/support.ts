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

const NAMELESS_ATTEMPT = sql<AttemptFound>(
  'SELECT id, steps, created_at, expires_at FROM attempts WHERE id = @id',
)

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

const NAMELESS_OF_ERASED = exchangeWhere('support_id IS NULL AND exchanges.attempt_id = @id')

/** By the support id, or by the id of the attempt where the row has no support id yet. */
type Named = { supportId: string } | { id: string }

const find = read(function* (named: Named): Steps<SupportRecord | null> {
  const found = yield* one('id' in named ? NAMELESS_ATTEMPT : ATTEMPT, named)
  const attempt = found ? yield* attemptOf(found.id) : null
  const row = yield* exchangeFor(attempt, named)
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
function* exchangeFor(attempt: Attempt | null, named: Named): Steps<ExchangeFound | undefined> {
  if (!attempt) return yield* one('id' in named ? NAMELESS_OF_ERASED : OF_ERASED, named)
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
    `SELECT ${id} AS id FROM ${table} WHERE support_id IS NULL AND ${id} > @past ORDER BY ${id} LIMIT @limit`,
  ),
  // Rows that another replica has locked are left to it.
  name: sql(`
    UPDATE ${table} SET support_id = substr(named.value, 1, 12) FROM {each named} AS named
    WHERE ${table}.${id} = substr(named.value, 13) AND ${table}.${id} IN (
      SELECT ${id} FROM ${table} WHERE support_id IS NULL AND ${id} IN {each ids} {skip locked})`),
})

const NAMELESS = [nameless('attempts', 'id'), nameless('exchanges', 'attempt_id')]

/** Gives attempts and exchanges that have none their support ids, at most `limit` of each. Resolves to how many. */
export const giveSupportIds = single(function* (limit: number): Steps<number> {
  let given = 0
  for (const { find: nextOnes, name } of NAMELESS) {
    const ids = (yield* all(nextOnes, { past: '', limit })).map(({ id }) => id)
    if (ids.length > 0) given += yield* run(name, { ids, named: ids.map((id) => supportIdOf(id) + id) })
  }
  return given
})

/** Their ids are hashed in some milliseconds; other requests have their turn in between. */
const PAGE = 2000

const nextNameless = read(function* (which: number, past: string): Steps<string[]> {
  const rows = NAMELESS[which]
  return rows ? (yield* all(rows.find, { past, limit: PAGE })).map(({ id }) => id) : []
})

/**
 * The attempt of this support id, among those that have none yet. It only reads: after an update there may be a million, which
 * take seconds here and minutes to be named.
 */
async function findNameless(run: Run, supportId: string): Promise<string | null> {
  for (const which of NAMELESS.keys()) {
    let ids = await run(nextNameless, which, '')
    while (ids.length > 0) {
      const meant = ids.find((id) => supportIdOf(id) === supportId)
      if (meant !== undefined) return meant
      ids = await run(nextNameless, which, ids.at(-1) ?? '')
    }
  }
  return null
}

export const support = (run: Run): SupportStore => ({
  async find(supportId) {
    const known = await run(find, { supportId })
    if (known) return known
    const id = await findNameless(run, supportId)
    // It may have been named meanwhile.
    return (id === null ? null : await run(find, { id })) ?? run(find, { supportId })
  },
})
