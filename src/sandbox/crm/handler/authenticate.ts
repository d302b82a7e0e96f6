import { request } from 'undici'

/** Whose webhook it is, by its `Authorization`. */
type Authentication =
  | { kind: 'known'; accountId: string; keyStatus: string }
  | { kind: 'unknown' }
  /** Nobody can tell at the moment: the webhook must not be thrown away. */
  | { kind: 'unavailable' }

export type Authenticate = (authorization: string | undefined) => Promise<Authentication>

export interface LookupOptions {
  /** The connector's `POST /v1/keys/lookup`. */
  lookupUrl: string
  lookupToken: string
}

const deadline = 5000

/** Asks the connector to whom the crmKey of a webhook belongs, as a vendor's handler would. */
export function authenticateByLookup({ lookupUrl, lookupToken }: LookupOptions): Authenticate {
  return async (authorization) => {
    const crmKey = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1]
    if (crmKey === undefined) return { kind: 'unknown' }
    try {
      const { statusCode, body } = await request(lookupUrl, {
        method: 'POST',
        headers: { authorization: `Bearer ${lookupToken}`, 'content-type': 'application/json' },
        body: JSON.stringify({ crmKey }),
        signal: AbortSignal.timeout(deadline),
      })
      const text = await body.text()
      if (statusCode === 404) return { kind: 'unknown' }
      if (statusCode !== 200) return { kind: 'unavailable' }
      const found = JSON.parse(text) as { crmAccountId: string; keyStatus: string }
      return { kind: 'known', accountId: found.crmAccountId, keyStatus: found.keyStatus }
    } catch {
      return { kind: 'unavailable' }
    }
  }
}
