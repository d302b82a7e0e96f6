import { readObject } from './read-object.ts'

/** The four fields of `POST /v3/connect`. */
export interface ConnectFields {
  state: string
  secret: string
  crmKey: string
  name: string
}

/** Reads the fields out of a request's body; what is missing or not a string becomes the empty string. */
export function readConnectFields(body: string): ConnectFields {
  const fields = readObject(body)
  const text = (value: unknown) => (typeof value === 'string' ? value : '')
  return {
    state: text(fields['state']),
    secret: text(fields['secret']),
    crmKey: text(fields['crmKey']),
    name: text(fields['name']),
  }
}
