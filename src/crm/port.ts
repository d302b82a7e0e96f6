/** The kinds of data that a CRM exports. */
export type SourceKind = 'users' | 'pipelines' | 'contacts' | 'deals'

/** One page of a customer's data, in Wazzup's own shapes; what the rows really are is checked by their reader. */
export interface SourcePage {
  items: unknown[]
  /** Leads to the page after this one; null after the last. */
  next: string | null
  /** How many rows there are in all; null when the CRM does not tell. */
  total: number | null
}

export type PageOutcome =
  | { kind: 'page'; page: SourcePage }
  /** Nothing usable came; asking again may help. `retryAfter` in milliseconds, if the CRM says. */
  | {
      kind: 'unavailable'
      code: string
      status: number | null
      retryAfter: number | null
      /** The word of the transport, where there was no answer at all. */
      transport?: string
    }
  /** The CRM understood and does not give it: our token, or this account. Asking again does not help. */
  | { kind: 'refused'; code: string; status: number }

export interface PageRequest {
  kind: SourceKind
  crmAccountId: string
  /** Null for the first page. */
  cursor: string | null
}

/** Where the upload reads: the CRM's own data, page by page. */
export interface CrmSource {
  page(request: PageRequest): Promise<PageOutcome>
  close(): Promise<void>
}
