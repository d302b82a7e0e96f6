import { seconds } from '../shared/clock.ts'

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

/** From the request to the first line of the answer: a receiver that needs longer has not taken an event. */
export const RECEIVER_DEADLINE = seconds(15)

export type Receipt =
  | { kind: 'taken' }
  /** It asks never to be sent this one again. */
  | { kind: 'unwanted' }
  | Refusal

export interface Refusal {
  kind: 'refused'
  code: string
  status: number | null
  /** Milliseconds, if the receiver says. */
  retryAfter: number | null
  /** The word of the transport, where there was no answer at all. */
  transport?: string
}

/** Where the CRM is told what happens to connections. */
export interface EventReceiver {
  /** Sends one event, signed. `id`: the same in every try. Never rejects. */
  post(event: { id: string; body: string }): Promise<Receipt>
  close(): Promise<void>
}
