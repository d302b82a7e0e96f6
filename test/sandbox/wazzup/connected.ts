import type { WazzupOptions, WazzupSimulator } from '../../../src/sandbox/wazzup/start-wazzup.ts'
import { apiKeyIn, connect, send, wazzupAtHand, type Heard } from './wazzup-at-hand.ts'

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

export interface ConnectedWazzup {
  wazzup: WazzupSimulator
  apiKey: string
  /** A call with the apiKey. */
  call: (method: Method, path: string, body?: unknown) => Promise<Heard>
}

/** A simulator with one account connected. */
export async function connectedWazzup(options: WazzupOptions = {}): Promise<ConnectedWazzup> {
  const wazzup = await wazzupAtHand(options)
  const apiKey = apiKeyIn(await connect(wazzup))
  return {
    wazzup,
    apiKey,
    call: (method, path, body) =>
      send(wazzup.url + path, {
        method,
        headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
        body: body === undefined ? null : JSON.stringify(body),
      }),
  }
}

export const aUser = (id: string, more: object = {}) => ({ id, name: `Name of ${id}`, ...more })

export const aContact = (id: string, more: object = {}) => ({
  id,
  responsibleUserId: 'u-1',
  name: `Name of ${id}`,
  contactData: [{ chatType: 'whatsapp', chatId: '79011112233' }],
  ...more,
})

export const aDeal = (id: string, more: object = {}) => ({
  id,
  responsibleUserId: 'u-1',
  name: `Name of ${id}`,
  uri: `https://crm.test/deals/${id}`,
  contacts: ['c-1'],
  closed: false,
  ...more,
})

export const aPipeline = (id: string, more: object = {}) => ({
  id,
  name: `Name of ${id}`,
  stages: [{ id: `${id}-1`, name: 'New' }],
  ...more,
})

/** `n` of them with ids in order. */
export const many = <T>(n: number, make: (id: string) => T): T[] =>
  Array.from({ length: n }, (_, i) => make(`x-${String(i).padStart(5, '0')}`))
