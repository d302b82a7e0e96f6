/** An entity as it was sent. */
export type Entity = { id: string } & Record<string, unknown>

export type Kind = 'users' | 'contacts' | 'deals' | 'pipelines'

export interface Subscriptions {
  messagesAndStatuses: boolean
  contactsAndDealsCreation: boolean
  channelsUpdates: boolean
  templateStatus: boolean
}

/** What a Wazzup account holds. */
export interface Account extends Record<Kind, Map<string, Entity>> {
  accountId: string
  webhooks: { uri: string | null; subscriptions: Subscriptions }
  /** Webhooks, copies and further tries not counted; and those in a row that were not answered 200. */
  deliveries: number
  failedDeliveries: number
}

export interface Accounts {
  of(accountId: string): Account
}

const emptyAccount = (accountId: string): Account => ({
  accountId,
  users: new Map(),
  contacts: new Map(),
  deals: new Map(),
  pipelines: new Map(),
  webhooks: {
    uri: null,
    subscriptions: {
      messagesAndStatuses: false,
      contactsAndDealsCreation: false,
      channelsUpdates: false,
      templateStatus: false,
    },
  },
  deliveries: 0,
  failedDeliveries: 0,
})

/** The accounts of this Wazzup; one that nobody has asked for before is empty. */
export function createAccounts(): Accounts {
  const accounts = new Map<string, Account>()
  return {
    of(accountId) {
      const account = accounts.get(accountId) ?? emptyAccount(accountId)
      accounts.set(accountId, account)
      return account
    },
  }
}
