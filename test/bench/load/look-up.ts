/** Asks a server for keys, on several sockets as fast as it answers: the load of a look-up benchmark. */
import { Client, type Dispatcher } from 'undici'
import { crmKeyOf, everyOf } from '../databases/customers.ts'
import { answerParent } from '../processes/answer-parent.ts'
import { started } from '../processes/started.ts'
import { quantile } from '../statistics.ts'

export interface LookUpLoad {
  url: string
  token: string
  /** How many there are to ask for. */
  customers: number
  /** Of how many of them it asks in turns. */
  most: number
  asks: 'look-up' | 'forward-auth'
  milliseconds: number
}

export interface LookUpsDone {
  count: number
  seconds: number
  /** Milliseconds. */
  p99: number
}

const SOCKETS = 16

answerParent({ load })
started()

async function load({ url, token, customers, most, asks, milliseconds }: LookUpLoad): Promise<LookUpsDone> {
  const nextKey = keysOf(customers, most)
  const requestFor = REQUESTS[asks]
  const clients = Array.from({ length: SOCKETS }, () => new Client(url))
  const times: number[] = []
  const began = performance.now()
  const end = began + milliseconds
  await Promise.all(
    clients.map(async (client) => {
      while (performance.now() < end) {
        const asked = performance.now()
        await ask(client, requestFor(token, nextKey()))
        times.push(performance.now() - asked)
      }
    }),
  )
  const seconds = (performance.now() - began) / 1000
  await Promise.all(clients.map((client) => client.close()))
  return { count: times.length, seconds, p99: quantile(times, 0.99) }
}

/** Goes through the keys in an order that jumps about, and never comes to the same page of the database in a row. */
function keysOf(customers: number, most: number): () => string {
  const every = everyOf(customers)
  const count = Math.min(most, Math.floor(customers / every))
  let at = Math.floor(Math.random() * count)
  return () => {
    at = (at + 7919) % count
    return crmKeyOf(at * every)
  }
}

const REQUESTS = {
  'look-up': (token: string, crmKey: string) => ({
    ...{ method: 'POST', path: '/v1/keys/lookup', body: JSON.stringify({ crmKey }) },
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  }),
  'forward-auth': (token: string, crmKey: string) => ({
    ...{ method: 'GET', path: '/v1/keys/authenticate' },
    headers: { authorization: `Bearer ${token}`, 'x-crm-authorization': `Bearer ${crmKey}` },
  }),
} as const

/** Below `request()`: the generator must be faster than what it measures. */
function ask(client: Client, request: Dispatcher.DispatchOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    client.dispatch(request, {
      onRequestStart: () => undefined,
      onResponseStart(controller, status) {
        if (status !== 200) controller.abort(new Error(`a look-up was answered ${status}`))
      },
      onResponseData: () => undefined,
      onResponseEnd: () => {
        resolve()
      },
      onResponseError: (_controller, error) => {
        reject(error)
      },
    })
  })
}
