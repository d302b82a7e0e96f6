import { z } from 'zod'
import { parseJson } from '../../shared/parse-json.ts'
import type { PageOutcome } from '../port.ts'
import { areTooMuch, isTooMuch } from './page-size.ts'

const LONGEST_CURSOR = 2000

/** It is written down, and comes back in an address: neither takes half a pair, and not every database a NUL. */
const canBeKept = (cursor: string) => cursor.isWellFormed() && !cursor.includes('\0')

/** What an answer of the export endpoint must look like. The rows are judged one by one, later. */
const Page = z.object({
  items: z.array(z.unknown()),
  // Numbers are cursors as good as texts. A missing or an empty one could be a mistake in the middle of the data: if it
  // were taken for the end, the rows behind it would be lost and nobody would know.
  next: z
    .union([
      z.string().min(1).max(LONGEST_CURSOR).refine(canBeKept),
      z.number().int().nonnegative().transform(String),
    ])
    .nullable(),
  // Only something to show: a bad one spoils nothing.
  total: z.number().int().nonnegative().nullish().catch(null),
})

/** Also for too many bytes: see `source.ts`. */
export const TOO_LARGE = 'export_page_too_large'

/** Reads a page; one that makes no sense may be whole the next time. */
export function readPage(text: string): PageOutcome {
  if (isTooMuch(text)) return unavailable(TOO_LARGE, 200)
  const parsed = Page.safeParse(parseJson(text))
  if (!parsed.success) return unavailable('export_malformed', 200)
  const { items, next, total } = parsed.data
  if (areTooMuch(items)) return unavailable(TOO_LARGE, 200)
  return { kind: 'page', page: { items, next, total: total ?? null } }
}

/** No page, for now. */
export const unavailable = (code: string, status: number | null = null): PageOutcome => ({
  ...{ kind: 'unavailable', code, status, retryAfter: null },
})
