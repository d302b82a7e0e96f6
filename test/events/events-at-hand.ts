import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { expect, inject, onTestFinished, vi } from 'vitest'
import { z } from 'zod'
import { newWebhookSecret } from '../../src/config/fields/webhook-secret.ts'
import { Secret } from '../../src/config/secret.ts'
import { createEventReceiver, type ReceiverOptions } from '../../src/crm/event-receiver.ts'
import { deliverDue } from '../../src/events/deliver.ts'
import { createStanding } from '../../src/events/standing.ts'
import { EVENTS, TEST_EVENT } from '../../src/http/internal/schemas/events.ts'
import { createMetrics } from '../../src/observability/metrics.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { after } from '../../src/shared/clock.ts'
import { systemRandom } from '../../src/shared/random.ts'
import type { EventBody } from '../../src/store/delivery.ts'
import { openStore } from '../../src/store/index.ts'
import type { Store } from '../../src/store/port.ts'
import { createBreaker } from '../../src/upstream/breaker.ts'
import { NOON } from '../support/attempts.ts'
import { databaseFor } from '../support/database-for.ts'
import { collectLog } from '../support/log-lines.ts'
import { tempDir } from '../support/temp-dir.ts'

const SCHEMAS: Record<string, z.ZodType> = { ...EVENTS, 'test.event': TEST_EVENT }

/** What a receiver under test does with a request; by default it takes the event. */
export type Behaviour = (request: Received, response: ServerResponse) => void

export interface Received {
  id: string
  body: EventBody
  raw: string
  headers: IncomingMessage['headers']
  path: string
}

/** What came: the type and account of each, for a test to compare. */
const told = ({ body }: Received) => `${body.type} ${body.data.crmAccountId} ${body.data.sequence}`

/** A server that takes events, on a free port of loopback, until the test ends. Each must be signed by all of these secrets. */
export async function receiver(behaviour: Behaviour, secrets: readonly string[]) {
  const signers = secrets.map((secret) => new Webhook(secret))
  const came: Received[] = []
  const misfits: string[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const raw = Buffer.concat(chunks).toString()
      const { headers, url: path = '' } = request
      const body = JSON.parse(raw) as EventBody
      const received = { id: String(headers['webhook-id']), body, raw, headers, path }
      came.push(received)
      const { error } = (SCHEMAS[body.type] ?? z.never()).safeParse(body)
      if (error) misfits.push(`${body.type}: ${error.message}`)
      for (const signer of signers) {
        try {
          signer.verify(raw, headers as Record<string, string>)
        } catch (failed) {
          misfits.push(`${body.type}: ${String(failed)}`)
        }
      }
      behaviour(received, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
    // Whatever a test is about, each event that came is as its schema says, and signed as the standard's library wants it.
    expect(misfits).toEqual([])
  })
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/events?of=wauth`)
  return { url, came }
}

export const takes: Behaviour = (_, response) => response.writeHead(204).end()

/** A status, and headers, for every event. */
export const answers =
  (status: number, headers: Record<string, string> = {}): Behaviour =>
  (_, response) =>
    response.writeHead(status, headers).end()

interface Options {
  behaviour?: Behaviour
  secrets?: string[]
  receive?: Partial<ReceiverOptions>
}

/** A store that tells its events, one sender for each replica, and a receiver that does what a test says. Time is the test's. */
export async function eventsAtHand({ behaviour = takes, secrets, receive = {} }: Options = {}) {
  const folder = await tempDir()
  const database = await databaseFor(folder.path)
  const encryptionKeys = new Secret([{ id: 'k1', key: randomBytes(32) }])
  const settings = { database: database.address, encryptionKeys, events: {} }
  const store = await openStore(settings, database.time)
  const does = { now: behaviour }
  const signing = secrets ?? [newWebhookSecret()]
  const { url, came } = await receiver((received, response) => {
    does.now(received, response)
  }, signing)
  const log = collectLog()
  // The library of the standard looks at the time by itself.
  vi.useFakeTimers({ toFake: ['Date'], now: NOON })
  let passed = 0
  const replica = (on: Store = store) => {
    const sender = createEventReceiver({
      ...{ url, clock: () => new Date(), secrets: signing.map((secret) => new Secret(secret)), ...receive },
    })
    onTestFinished(() => sender.close())
    const deps = {
      ...{ store: on, receiver: sender, standing: createStanding(), random: systemRandom, jitter: () => 0 },
      ...{ breaker: createBreaker(() => passed), clock: () => new Date() },
      ...{ log: createLogger('trace', log.destination), meter: createMetrics().events },
    }
    return () => deliverDue(deps)
  }
  const deliver = replica()
  const stores = [store]
  onTestFinished(async () => {
    vi.useRealTimers()
    for (const each of stores) await each.close()
    await database.remove()
    await folder.remove()
  })
  await database.setTime(NOON)
  const pass = async (ms: number) => {
    passed += ms
    const now = after(NOON, passed)
    vi.setSystemTime(now)
    await database.setTime(now)
  }
  return {
    ...{ store, settings, came, does, log, deliver, replica, pass, order: database.order },
    /** The store of another replica; a file has one process, whose loops share a store. */
    another: async () => {
      if (inject('engine') === 'sqlite') return store
      const opened = await openStore(settings, database.time)
      stores.push(opened)
      return opened
    },
    /** Everything that is due now; stops at a receiver that is taken for away. */
    deliverAll: async () => {
      while ((await deliver()) === true);
    },
    /** Throws when none of the secrets has signed it. */
    verify: ({ raw, headers }: Received, secret = signing[0] ?? '') =>
      new Webhook(secret).verify(raw, headers as Record<string, string>),
    /** What came since the last call. */
    news: () => came.splice(0).map(told),
  }
}
