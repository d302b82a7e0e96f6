import { z } from 'zod'
import { parseJson } from '../../shared/parse-json.ts'
import type { PageOutcome } from '../port.ts'

const LONGEST_CURSOR = 2000

/** What an answer of the export endpoint must look like. The rows are judged one by one, later. */
const Page = z.object({
  items: z.array(z.unknown()),
  // Numbers are cursors as good as texts. A missing or an empty one could be a mistake in the middle of the data: if it
  // were taken for the end, the rows behind it would be lost and nobody would know.
  next: z
    .union([z.string().min(1).max(LONGEST_CURSOR), z.number().int().nonnegative().transform(String)])
    .nullable(),
  // Only something to show: a bad one spoils nothing.
  total: z.number().int().nonnegative().nullish().catch(null),
})

/** Some put it before their JSON, where it does not belong. */
const BYTE_ORDER_MARK = /^\uFEFF/

/** Reads a page; one that makes no sense may be whole the next time. */
export function readPage(text: string): PageOutcome {
  const parsed = Page.safeParse(parseJson(text.replace(BYTE_ORDER_MARK, '')))
  if (!parsed.success) return { kind: 'unavailable', code: 'export_malformed', status: 200, retryAfter: null }
  const { items, next, total } = parsed.data
  return { kind: 'page', page: { items, next, total: total ?? null } }
}
