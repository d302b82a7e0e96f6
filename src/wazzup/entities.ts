import { z } from 'zod'
import type { AuthorizedCall, CallOutcome } from './authorized-call.ts'
import type { EntityKind } from './upsert.ts'

/** Entities that Wazzup lists in one answer (fact sheet, 7 and 8). */
const PAGE = 100

/** Pages of users, of whom an account has a thousand at the most. */
const MOST_PAGES = 10

const Listed = z.array(z.object({ id: z.union([z.string(), z.number()]).transform(String) }))

/** The documents have lists bare and, on older pages, in an envelope (fact sheet, 21, row 27). */
const Answer = z.union([
  Listed.transform((data) => ({ data, isWhole: true })),
  z.object({ data: Listed }).transform(({ data }) => ({ data, isWhole: data.length < PAGE })),
])

const Counted = z.object({ count: z.number().int().nonnegative(), data: z.array(z.unknown()) })

type SeenIds =
  | { kind: 'read'; ids: ReadonlySet<string> }
  | Exclude<CallOutcome, { kind: 'done' }>
  /** It shows no list of them. */
  | { kind: 'unreadable' }

/** What Wazzup has of a customer's data. */
export interface Entities {
  /** `mayGoOn` is asked before each further page. */
  ids(kind: 'users' | 'pipelines', apiKey: string, mayGoOn?: () => Promise<boolean>): Promise<SeenIds>
  /** Wazzup's own count of them; null when no answer tells it. */
  count(kind: Exclude<EntityKind, 'pipelines'>, apiKey: string): Promise<number | null>
}

/** `GET` of a kind (fact sheet, 6 to 9). */
export const createEntities = (call: AuthorizedCall): Entities => {
  const get = (path: string, apiKey: string) =>
    call({ method: 'GET', path: `/v3/${path}`, apiKey, maxAnswer: 10 * 1024 * 1024 })
  return {
    async ids(kind, apiKey, mayGoOn = async () => true) {
      const ids = new Set<string>()
      for (let page = 0; page < MOST_PAGES; page += 1) {
        if (page > 0 && !(await mayGoOn())) return { kind: 'unreadable' }
        const outcome = await get(page === 0 ? kind : `${kind}?offset=${page * PAGE}`, apiKey)
        if (outcome.kind !== 'done') return outcome
        const answer = Answer.safeParse(outcome.body)
        if (!answer.success) return { kind: 'unreadable' }
        const before = ids.size
        for (const { id } of answer.data.data) ids.add(id)
        // A list that is given whole each time brings nothing new.
        if (answer.data.isWhole || ids.size === before) break
      }
      return { kind: 'read', ids }
    },
    async count(kind, apiKey) {
      const outcome = await get(kind, apiKey)
      return outcome.kind === 'done' ? countIn(outcome.body) : null
    },
  }
}

/**
 * A count that is as long as the answer may be of this answer alone (fact sheet, 21, row 28), and a bare list that fills a page
 * one page of several. Only an empty one is empty in every reading.
 */
function countIn(body: unknown): number | null {
  if (Array.isArray(body)) return body.length === 0 || body.length % PAGE > 0 ? body.length : null
  const { data } = Counted.safeParse(body)
  return data && (data.count !== data.data.length || data.count === 0) ? data.count : null
}
