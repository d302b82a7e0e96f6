import { gather } from '../gather.ts'
import { toCurrentKey, toResolvedKey, type CurrentKeyRow, type ResolvedKeyRow } from '../key-rows.ts'
import type { KeyStore } from '../port.ts'
import type { Session } from './database.ts'
import { statement } from './statement.ts'

const FIELDS = 'generations.id AS generation_id, connection_id, crm_account_id, generation, api_key_sealed'

/** The current keys of one CRM account. */
const SELECT_CURRENT = statement<CurrentKeyRow>(`
  SELECT ${FIELDS} FROM connections JOIN generations ON connection_id = connections.id AND generations.status = 'current'
  WHERE crm_account_id = @crmAccountId`)

/** The same by their generation; none when it is not the current one. */
const SELECT_OF_GENERATION = statement<CurrentKeyRow>(`
  SELECT ${FIELDS} FROM connections JOIN generations ON connection_id = connections.id AND generations.status = 'current'
  WHERE generations.id = @generationId`)

interface Resolving extends ResolvedKeyRow {
  crm_key_hash: string
  resolves_until: number | null
}

/** The index over keys that resolve decides, see the migration that makes it. */
const SELECT_RESOLVING = statement<Resolving>(`
  SELECT ${FIELDS}, crm_account_name, wazzup_account_id, generations.status, crm_key_hash, resolves_until
  FROM generations JOIN connections ON connections.id = connection_id
  WHERE crm_key_hash = ANY (@crmKeyHashes) AND generations.status <> 'ended'`)

interface Asked {
  crmKeyHash: string
  now: Date
}

export function keys(db: Session): KeyStore {
  const find = gather(async (all: readonly Asked[]) => {
    const rows = await db.all(SELECT_RESOLVING, { crmKeyHashes: all.map(({ crmKeyHash }) => crmKeyHash) })
    const byHash = new Map(rows.map((row) => [row.crm_key_hash, row]))
    return all.map(({ crmKeyHash, now }) => {
      const row = byHash.get(crmKeyHash)
      return row && (row.resolves_until === null || row.resolves_until > now.getTime()) ? row : null
    })
  })
  return {
    async find(crmKeyHash, now) {
      const row = await find({ crmKeyHash, now })
      return row && toResolvedKey(row)
    },
    current: (crmAccountId) => currentKey(db, crmAccountId),
  }
}

export async function currentKey(db: Session, crmAccountId: string) {
  const row = await db.one(SELECT_CURRENT, { crmAccountId })
  return row ? toCurrentKey(row) : null
}

export async function keyOfGeneration(db: Session, generationId: string) {
  const row = await db.one(SELECT_OF_GENERATION, { generationId })
  return row ? toCurrentKey(row) : null
}
