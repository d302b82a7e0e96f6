import { randomBytes } from 'node:crypto'
import type { Switches } from './switches.ts'

/** A Wazzup account with a CRM in it, as `/v3/connect` left it. */
export interface Connection {
  accountId: string
  crmCode: string
  crmKey: string
  name: string
  apiKey: string
  connectedAt: Date
  /** False: calls with this apiKey are answered 401. */
  keyAlive: boolean
}

type NewConnection = Pick<Connection, 'accountId' | 'crmCode' | 'crmKey' | 'name' | 'connectedAt'>

export interface Connections {
  /** Stores a connection made with this state and gives it a new apiKey. */
  add(state: string, details: NewConnection, reconnect: Switches['reconnect']): Connection
  madeWith(state: string): Connection | undefined
  withLivingKey(apiKey: string): Connection | undefined
  /** The connection that the personal area of this account shows. */
  ofAccount(accountId: string): Connection | undefined
  all(): Connection[]
}

export function createConnections(): Connections {
  const made: { state: string; connection: Connection }[] = []
  const all = () => made.map(({ connection }) => connection)
  return {
    add(state, details, reconnect) {
      if (reconnect === 'old-key-dies') {
        for (const earlier of all()) if (earlier.accountId === details.accountId) earlier.keyAlive = false
      }
      const connection = { ...details, apiKey: randomBytes(16).toString('hex'), keyAlive: true }
      made.push({ state, connection })
      return connection
    },
    madeWith: (state) => made.findLast((entry) => entry.state === state)?.connection,
    withLivingKey: (apiKey) =>
      all().find((connection) => connection.keyAlive && connection.apiKey === apiKey),
    ofAccount: (accountId) => all().findLast((connection) => connection.accountId === accountId),
    all,
  }
}
