import { customers } from '../customers.ts'

/** How much of each kind a customer has in the CRM. */
export interface AccountSize {
  users: number
  pipelines: number
  contacts: number
  deals: number
}

export type ExportKind = keyof AccountSize

export const exportKinds: readonly ExportKind[] = ['users', 'pipelines', 'contacts', 'deals']

const usual: Record<string, AccountSize> = {
  acme: { users: 12, pipelines: 2, contacts: 4000, deals: 1500 },
  nordwind: { users: 5, pipelines: 1, contacts: 320, deals: 90 },
}

export type GivenSizes = Record<string, Partial<AccountSize>>

/** The size of a customer's data, with what was asked for in place of the usual; null when there is no such customer. */
export function sizeOf(accountId: string, given: GivenSizes): AccountSize | null {
  if (!customers.some((customer) => customer.accountId === accountId)) return null
  const none = { users: 0, pipelines: 0, contacts: 0, deals: 0 }
  return { ...none, ...usual[accountId], ...given[accountId] }
}
