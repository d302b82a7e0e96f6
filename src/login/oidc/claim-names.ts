import type { ClaimNames } from '../identify.ts'
import type { OidcSettings } from './settings.ts'

/** Under which names the provider says who somebody is. */
export const claimNames = (settings: OidcSettings): ClaimNames => ({
  userName: ['name', 'preferred_username', 'email'],
  accountId: settings.OIDC_ACCOUNT_ID_CLAIM,
  accountName: settings.OIDC_ACCOUNT_NAME_CLAIM,
  role: settings.OIDC_ROLE_CLAIM,
})
