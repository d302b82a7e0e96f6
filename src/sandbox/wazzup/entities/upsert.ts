import { randomBytes } from 'node:crypto'
import type { Account, Entity, Kind } from '../accounts.ts'
import type { Answer } from '../answer.ts'
import type { DataSwitches } from '../data-switches.ts'
import { plainError } from '../error-shapes.ts'
import { isObject } from './fields.ts'
import { checks, danglingFields } from './kinds.ts'

/** Entities that one request may bring; pipelines have no such limit. */
export const BATCH_LIMIT = 100
const USER_LIMIT = 1000

interface BadRow {
  index: number
  fields: string[]
}

export const withData = (complaint: { code: string; description: string }, data: unknown): Answer => {
  const { status } = plainError(400, complaint)
  return { status, body: { error: complaint.code, description: complaint.description, data } }
}

/** The places that a refusal names in a request of `size` rows, for one that is wrong. */
const PLACES: Readonly<
  Record<Exclude<DataSwitches['invalidData'], 'bare'>, (index: number, size: number) => number[]>
> = {
  indexed: (index) => [index],
  'from-one': (index) => [index + 1],
  'from-the-end': (index, size) => [size - 1 - index],
  'another-row': (index, size) => [(index + 2) % size],
  'every-row': (_, size) => Array.from({ length: size }, (_, place) => place),
  twice: (index) => [index, index],
  outside: (index, size) => [index + size],
}

function invalid(
  kind: Kind,
  wrong: BadRow[],
  { size, invalidData }: DataSwitches & { size: number },
): Answer {
  const complaint = { code: `INVALID_${kind.toUpperCase()}_DATA`, description: 'Body is empty or invalid' }
  if (invalidData === 'bare') return plainError(400, complaint)
  const placed = wrong.flatMap(({ index, fields }) =>
    PLACES[invalidData](index, size).map((place) => ({ index: place, fields })),
  )
  return withData(complaint, placed)
}

export const tooMany = (count: number, limit = BATCH_LIMIT): Answer =>
  withData({ code: 'TOO_MANY_ENTITIES', description: 'Too many entities' }, { count, limit })

function badRows(kind: Kind, rows: unknown[], { account, switches }: Upsert): BadRow[] {
  const check = checks[kind](switches)
  return rows.flatMap((row, index) => {
    if (!isObject(row)) return [{ index, fields: [] }]
    const wrong = check(row)
    if (wrong.length === 0 && switches.unknownReferences === 'refused')
      wrong.push(...danglingFields(kind, row, account))
    return wrong.length > 0 ? [{ index, fields: wrong }] : []
  })
}

/** Entities as they are stored: an id that was a number is a text from then on. */
const entityOf = (kind: Kind) => (row: unknown) => {
  const entity: Entity = { ...(row as Entity), id: String((row as { id: unknown }).id) }
  // A phone that is none is dropped without a word (fact sheet, 6).
  const { phone } = entity
  if (kind === 'users' && !(typeof phone === 'string' && /^\d{5,20}$/.test(phone))) delete entity['phone']
  return entity
}

function duplicatePhone(batch: Entity[], { users }: Account): string | null {
  const owners = new Map<unknown, string>()
  for (const user of [...users.values(), ...batch]) {
    const phone = user['phone']
    if (phone === undefined) continue
    const owner = owners.get(phone)
    // A user in the batch is about to be overwritten, and so is the phone they have now.
    if (owner !== undefined && owner !== user.id) return phone as string
    owners.set(phone, user.id)
  }
  return null
}

function userRefusal(batch: Entity[], account: Account): Answer | null {
  const ids = new Set([...account.users.keys(), ...batch.map(({ id }) => id)])
  if (ids.size > USER_LIMIT)
    return withData({ code: 'USER_LIMIT_EXCEEDED', description: 'Too many users' }, { limit: USER_LIMIT })
  const others = { ...account, users: new Map(account.users) }
  for (const { id } of batch) others.users.delete(id)
  const phone = duplicatePhone(batch, others)
  if (phone === null) return null
  const [requestId, error] = [randomBytes(16).toString('hex'), 'DUPLICATE_PHONE_NUMBER']
  const body = { status: 400, requestId, error, description: 'Phone number must be unique', data: { phone } }
  return { status: 400, body }
}

const good = ({ upsertAnswer }: DataSwitches, batch: Entity[]): Answer => {
  const bodies = { empty: undefined, array: batch.map(({ id }) => ({ id })), object: { ok: true } }
  return { status: 200, body: bodies[upsertAnswer] }
}

export interface Upsert {
  account: Account
  switches: DataSwitches
}

/** `POST` of a kind: the whole batch or nothing of it. */
export function upsert(kind: Kind, body: unknown, terms: Upsert): Answer {
  const answer = answerTo(kind, body, terms)
  return answer.status === 400 ? REFUSALS[terms.switches.refusals](answer) : answer
}

const REFUSALS: Readonly<Record<DataSwitches['refusals'], (answer: Answer) => Answer>> = {
  'own-status': (answer) => answer,
  'in-200': ({ body }) => ({ status: 200, body }),
  'by-status-in-200': ({ body }) => ({
    status: 200,
    body: { ...(body as object), error: undefined, status: 400 },
  }),
  'not-ok-in-200': () => ({ status: 200, body: { ok: false } }),
}

/** What a database takes for no text. */
const isDamaged = (row: unknown) => /\\u(?:0000|d[89a-f])/i.test(JSON.stringify(row))

function answerTo(kind: Kind, body: unknown, { account, switches }: Upsert): Answer {
  if (!Array.isArray(body) || body.length === 0) return invalid(kind, [], { ...switches, size: 0 })
  if (kind !== 'pipelines' && body.length > BATCH_LIMIT) return tooMany(body.length)
  if (kind === 'pipelines' && body.length > switches.pipelinesLimit)
    return tooMany(body.length, switches.pipelinesLimit)
  if (switches.damagedText === 'breaks' && body.some(isDamaged)) return { status: 500 }
  const wrong = badRows(kind, body, { account, switches })
  if (wrong.length > 0) {
    if (switches.othersOfRefused === 'taken') {
      const bad = new Set(wrong.map(({ index }) => index))
      const good = body.filter((_, index) => !bad.has(index))
      if (good.length > 0) answerTo(kind, good, { account, switches })
    }
    return invalid(kind, wrong, { ...switches, size: body.length })
  }
  const batch = body.map(entityOf(kind))
  if (new Set(batch.map(({ id }) => id)).size < batch.length) return { status: 500 }
  if (batch.some(({ id }) => switches.breaksOver.includes(id))) return { status: 500 }
  const refusal = kind === 'users' ? userRefusal(batch, account) : null
  if (refusal) return refusal
  if (kind === 'pipelines' && switches.pipelines === 'replaced') account.pipelines.clear()
  for (const entity of batch) if (!switches.loses.includes(entity.id)) account[kind].set(entity.id, entity)
  return good(switches, batch)
}
