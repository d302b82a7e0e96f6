import { z } from 'zod'
import { parseJson } from '../../shared/parse-json.ts'
import type { PageOutcome } from '../port.ts'

const LONGEST_CURSOR = 2000

/** What an answer of the export endpoint must look like. The rows are judged one by one, later. */
const Page = z.object({
  items: z.array(z.unknown()),
  next: z.string().min(1).max(LONGEST_CURSOR).nullable(),
  total: z.number().int().nonnegative().nullish(),
})

/** Reads a page; one that makes no sense may be whole the next time. */
export function readPage(text: string): PageOutcome {
  const parsed = Page.safeParse(parseJson(text))
  if (!parsed.success) return { kind: 'unavailable', code: 'export_malformed', status: 200, retryAfter: null }
  const { items, next, total } = parsed.data
  return { kind: 'page', page: { items, next, total: total ?? null } }
}
