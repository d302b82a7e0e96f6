import type { ClaimCheck } from '../claim-check.ts'
import { isAbsent } from '../claim-path.ts'
import { refusal } from '../login-refused.ts'

/** How Entra ID writes an issuer in a document for several tenants: each token has the id of its own in that place. */
const PLACE = '{tenantid}'

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The tenant of everybody's private Microsoft accounts: each is a stranger to all the others in it. */
const PRIVATE_ACCOUNTS = '9188040d-6c67-4cb5-b112-36a304b66dad'

/** The claim with the id of the tenant. */
export const TENANT_CLAIM = 'tid'

export const isTenant = (id: unknown): id is string => typeof id === 'string' && GUID.test(id)

/** Whether an issuer, as a document names it, is that of many tenants. */
export const hasTenants = (issuer: string) => issuer.includes(PLACE)

/** What an address has in the place of the tenant; null when it is not made like this issuer. */
export function tenantIn(issuer: string, address: string): string | null {
  const [head = '', tail = ''] = issuer.split(PLACE)
  if (!address.startsWith(head) || !address.endsWith(tail)) return null
  const tenant = address.slice(head.length, address.length - tail.length)
  return tenant === '' || tenant.includes('/') ? null : tenant
}

/** Whether a token's issuer is the one of the document; with a place in it, filled in with the token's own tenant. */
export const isIssuer = (documented: string, { iss, tid }: Readonly<Record<string, unknown>>): boolean =>
  hasTenants(documented)
    ? isTenant(tid) && typeof iss === 'string' && tenantIn(documented, iss) === tid
    : iss === documented

interface TenantSettings {
  OIDC_ALLOWED_TENANTS?: string[] | undefined
  OIDC_ACCOUNT_ID_CLAIM: string
}

/** Whether a user of any tenant could otherwise say that they act for one of our customers. */
export const isOpenToStrangers = (issuer: string, settings: TenantSettings): boolean =>
  hasTenants(issuer) && !settings.OIDC_ALLOWED_TENANTS && settings.OIDC_ACCOUNT_ID_CLAIM !== TENANT_CLAIM

/** The tenant of a token, where tenants count. */
export function tenantClaims(
  issuer: string,
  { OIDC_ALLOWED_TENANTS: allowed }: TenantSettings,
): ClaimCheck[] {
  if (!hasTenants(issuer) && !allowed) return []
  return [
    {
      claim: TENANT_CLAIM,
      flaw({ tid }) {
        if (isAbsent(tid)) return refusal('id_token_claim_missing', { claim: TENANT_CLAIM })
        if (!isTenant(tid)) return refusal('id_token_claim_malformed', { claim: TENANT_CLAIM })
        const isAllowed = allowed?.includes(tid.toLowerCase()) ?? tid.toLowerCase() !== PRIVATE_ACCOUNTS
        return isAllowed ? null : refusal('tenant_not_allowed', { found: tid })
      },
    },
  ]
}
