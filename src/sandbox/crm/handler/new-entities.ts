type Fields = Record<string, unknown>

export interface NewEntities {
  /** The contact for a chat: made at the first call, the same one ever after. */
  contact(accountId: string, fields: Fields): Fields
  /** The open deal of a contact, likewise. */
  deal(accountId: string, fields: Fields): Fields
}

/** What the CRM creates for `createContact` and `createDeal`, each only once. */
export function createNewEntities(url: string): NewEntities {
  const made = new Map<string, Fields>()
  const once = (key: string, make: (number: number) => Fields) => {
    const known = made.get(key)
    if (known) return known
    const entity = make(made.size + 1)
    made.set(key, entity)
    return entity
  }
  return {
    contact(accountId, { responsibleUserId, name, contactData }) {
      return once(JSON.stringify(['contact', accountId, contactData]), (number) => {
        const id = `${accountId}-new-contact-${number}`
        return { id, responsibleUserId, name, contactData, uri: `${url}/contacts/${id}` }
      })
    },
    deal(accountId, { responsibleUserId, contacts }) {
      return once(JSON.stringify(['deal', accountId, contacts]), (number) => {
        const id = `${accountId}-new-deal-${number}`
        const uri = `${url}/deals/${id}`
        return { id, responsibleUserId, name: 'New deal', uri, contacts, closed: false }
      })
    },
  }
}
