import type { ClaimFacts } from '../claim-facts.ts'

/** What is read of a hand-over. */
export const claimList: readonly ClaimFacts[] = [
  { name: 'iss', says: 'Your CRM: the text of `HANDOFF_ISSUER`.', needed: 'always' },
  { name: 'aud', says: 'This connector: `PUBLIC_URL`, with or without a final slash.', needed: 'always' },
  { name: 'nonce', says: 'The `request` of the address, as it came.', needed: 'always' },
  { name: 'jti', says: 'A new id for each token, which is accepted once.', needed: 'always' },
  { name: 'iat', says: 'When the token was made.', needed: 'always' },
  { name: 'exp', says: 'When it ends: 120 seconds after `iat` at most.', needed: 'always' },
  { name: 'sub', says: 'The user, by an id that never changes.', needed: 'always' },
  {
    name: 'user_name',
    says: "The user's name, shown to the person; if empty, `sub`.",
    needed: 'always',
  },
  {
    name: 'account_id',
    says: 'Your customer (the tenant, not the user), by an id that never changes: it names the connection.',
    needed: 'always',
  },
  {
    name: 'account_name',
    says: "The customer's name, shown to the person and in Wazzup; without one, `account_id`.",
    needed: null,
  },
  {
    name: 'role',
    says: "The user's role, or roles.",
    needed: { with: 'HANDOFF_ALLOWED_ROLES' },
  },
]
