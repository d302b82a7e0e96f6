import type { CrmSource, PageOutcome, SourceKind, SourcePage } from '../../crm/port.ts'

const MOST_PAGES = 3

/** Of one kind, the first pages, and what is wrong with the way from each to the next. */
export interface FirstPages {
  kind: SourceKind
  pages: SourcePage[]
  /** Why there was no other page; null when none was asked for. */
  broken: Exclude<PageOutcome, { kind: 'page' }> | null
  /** A cursor led back to a page that was read before. */
  loops: boolean
  /** A page brought the rows of the first one again. */
  repeats: boolean
}

/** Follows `next` as the upload does, for a few pages. */
export async function firstPages(kind: SourceKind, account: string, source: CrmSource): Promise<FirstPages> {
  const read: FirstPages = { kind, pages: [], broken: null, loops: false, repeats: false }
  const asked = new Set<string>()
  let cursor: string | null = null
  do {
    const outcome: PageOutcome = await source.page({ kind, crmAccountId: account, cursor })
    if (outcome.kind !== 'page') return { ...read, broken: outcome }
    const [first] = read.pages
    read.pages.push(outcome.page)
    read.repeats ||= first !== undefined && isSame(first, outcome.page)
    cursor = outcome.page.next
    read.loops = cursor !== null && asked.has(cursor)
    if (cursor !== null) asked.add(cursor)
  } while (cursor !== null && !read.loops && !read.repeats && read.pages.length < MOST_PAGES)
  return read
}

const isSame = (one: SourcePage, other: SourcePage) =>
  one.items.length > 0 && JSON.stringify(one.items) === JSON.stringify(other.items)
