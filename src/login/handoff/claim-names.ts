import type { ClaimNames } from '../identify.ts'

/** Under which names a hand-over says who somebody is. */
export const claimNames: ClaimNames = {
  userName: ['user_name'],
  accountId: 'account_id',
  accountName: 'account_name',
  role: 'role',
}
