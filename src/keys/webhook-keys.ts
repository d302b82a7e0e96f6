import { bearerOf } from '../shared/bearer.ts'
import type { ResolvedKey } from '../store/port.ts'
import type { Lookup } from './lookup.ts'

/** Whose webhook it is, as a handler needs to know it. */
export interface WebhookConnection {
  connectionId: string
  crmAccountId: string
  crmAccountName: string
  /** Told by the link with which the customer came, proved by nobody. */
  wazzupAccountId: string | null
  /** Counts the times this customer has connected. */
  generation: number
  /** `previous`: superseded by a reconnect, still in its grace. `pending`: the exchange is not finished. */
  keyStatus: 'pending' | 'current' | 'previous'
  /**
   * The key to call Wazzup with, opened when asked for; null while `pending`.
   * @throws an error with the code `seal_unknown_key` when this process lacks the encryption key, as in a rotation: answer
   *   503; with another code that begins with `seal_` when the stored value is damaged
   */
  apiKey(): string | null
}

/** Looks keys up for webhook handlers in this process. */
export interface Keys {
  /**
   * @param authorizationHeader the value of the webhook's `Authorization` header
   * @returns the connection; null when the header has no key, or one that is unknown, ended or malformed
   * @throws an error with `code: 'storage_unavailable'` when it cannot be known now: answer 503, never 401
   */
  lookup(authorizationHeader: string | undefined): Promise<WebhookConnection | null>
  close(): Promise<void>
}

/** The keys of a webhook handler, over a look-up by crmKey. */
export const createKeys = (lookup: Lookup, close: () => Promise<void>): Keys => ({
  async lookup(header) {
    const bearer = bearerOf(header)
    const key = bearer.kind === 'token' ? await lookup(bearer.token) : null
    return key && toConnection(key)
  },
  close,
})

const toConnection = (key: ResolvedKey): WebhookConnection => ({
  connectionId: key.connectionId,
  crmAccountId: key.crmAccountId,
  crmAccountName: key.crmAccountName,
  wazzupAccountId: key.wazzupAccountId,
  generation: key.generation,
  keyStatus: key.keyStatus,
  apiKey: key.apiKey,
})
