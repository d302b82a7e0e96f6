interface CrmUser {
  sub: string
  name: string
  role: 'admin' | 'user'
}

/** A company that uses the CRM. */
export interface Customer {
  accountId: string
  accountName: string
  users: readonly CrmUser[]
}

export const customers: readonly Customer[] = [
  {
    accountId: 'acme',
    accountName: 'Acme Travel',
    users: [
      { sub: 'acme-admin', name: 'Anna Keller', role: 'admin' },
      { sub: 'acme-user', name: 'Ben Ortiz', role: 'user' },
    ],
  },
  {
    accountId: 'nordwind',
    accountName: 'Nordwind GmbH',
    users: [
      { sub: 'nordwind-admin', name: 'Jonas Brandt', role: 'admin' },
      { sub: 'nordwind-user', name: 'Lena Vogt', role: 'user' },
    ],
  },
]

/** A user together with the company they belong to. */
export interface Person extends CrmUser {
  accountId: string
  accountName: string
}

export function personBySub(sub: string): Person | undefined {
  for (const { accountId, accountName, users } of customers) {
    const user = users.find((one) => one.sub === sub)
    if (user) return { ...user, accountId, accountName }
  }
  return undefined
}
