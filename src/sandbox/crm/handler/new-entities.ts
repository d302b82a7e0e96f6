import { isObject, text } from '../../wazzup/entities/fields.ts'

export type Fields = Record<string, unknown>

/** Both: null for what is announced in a form that makes none. */
export interface NewEntities {
  /** The contact for a chat: made at the first call, the same one ever after. */
  contact(accountId: string, announced: unknown): Fields | null
  /** The open deal of a contact, likewise. */
  deal(accountId: string, announced: unknown): Fields | null
}

const isText = text(Infinity)

const isChat = (value: unknown) => isObject(value) && isText(value['chatType']) && isText(value['chatId'])

/** A list of at least one, all of them right. */
const isListOf = (isRight: (value: unknown) => boolean, list: unknown) =>
  Array.isArray(list) && list.length > 0 && list.every(isRight)

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
    contact(accountId, announced) {
      if (!isObject(announced)) return null
      const { responsibleUserId, name, contactData } = announced
      if (!isListOf(isChat, contactData)) return null
      return once(JSON.stringify(['contact', accountId, contactData]), (number) => {
        const id = `${accountId}-new-contact-${number}`
        return { id, responsibleUserId, name, contactData, uri: `${url}/contacts/${id}` }
      })
    },
    deal(accountId, announced) {
      if (!isObject(announced)) return null
      const { responsibleUserId, contacts } = announced
      if (!isListOf(isText, contacts)) return null
      return once(JSON.stringify(['deal', accountId, contacts]), (number) => {
        const id = `${accountId}-new-deal-${number}`
        const uri = `${url}/deals/${id}`
        return { id, responsibleUserId, name: 'New deal', uri, contacts, closed: false }
      })
    },
  }
}
