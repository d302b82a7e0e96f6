import { settingFacts } from '../../config/setting-facts.ts'
import type { ClaimFacts } from '../claim-facts.ts'
import { settings } from './settings.ts'

const fallbacks = new Map(settingFacts(settings).map(({ name, fallback = '' }) => [name, fallback]))

const named = (setting: keyof typeof settings.shape) => ({ setting, name: fallbacks.get(setting) ?? '' })

const NAME = "The user's name, shown to the person: the first of these three that is there, else `sub`."

/** What is read of the ID token or of userinfo, besides the claims by which OpenID Connect itself protects the token. */
export const claimList: readonly ClaimFacts[] = [
  { name: 'sub', says: 'The user, by an id that never changes.', needed: 'always' },
  {
    ...named('OIDC_ACCOUNT_ID_CLAIM'),
    says: 'Your customer (the tenant, not the user), by an id that never changes: it names the connection. `acme`',
    needed: 'always',
  },
  {
    ...named('OIDC_ACCOUNT_NAME_CLAIM'),
    says: "The customer's name, shown to the person and in Wazzup. Without one, the id is. `Acme Travel`",
    needed: null,
  },
  {
    ...named('OIDC_ROLE_CLAIM'),
    says: "The user's role, or roles. `admin`",
    needed: { with: 'OIDC_ALLOWED_ROLES' },
  },
  { name: 'name', says: NAME, needed: null },
  { name: 'preferred_username', says: NAME, needed: null },
  { name: 'email', says: NAME, needed: null },
]
