import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { openServer } from '../open-server.ts'
import { stylesheet } from '../pages/stylesheet.ts'
import { createAccounts, type Account } from './accounts.ts'
import { createConnections, type Connection } from './connections.ts'
import { consoleRoutes } from './console/routes.ts'
import type { Fault } from './fault.ts'
import { createModules, type NewModule } from './modules.ts'
import { apiPacking, packAnswers } from './packed.ts'
import { createRateWindows } from './rate-windows.ts'
import { connectCalls, createRecorder, type ConnectCall, type RecordedRequest } from './recorder.ts'
import { createRouteFaults } from './route-faults.ts'
import { channelsRoute } from './routes/channels.ts'
import { connectRoute } from './routes/connect.ts'
import { entityRoutes } from './routes/entities.ts'
import { marketplaceRoute } from './routes/marketplace.ts'
import { personalArea } from './routes/personal-area.ts'
import { wauthRoute } from './routes/wauth.ts'
import { webhooksRoutes } from './routes/webhooks.ts'
import { createStateMint, type StateClaims } from './state-mint.ts'
import { defaultSwitches, type Switches } from './switches.ts'
import { meetNewClient, type NewClient, type NewClientEnd } from './webhooks/new-client.ts'
import { sendWebhook, type Delivery, type DeliverOptions } from './webhooks/send-webhook.ts'
import type { World } from './world.ts'

export interface WazzupOptions {
  /** 0 (default) = any free port. */
  port?: number
  module?: NewModule
  partnerApiKey?: string
  switches?: Partial<Switches>
  now?: () => Date
}

/** A running imitation of Wazzup: what a connector talks to, and what a test looks at and turns. */
export interface WazzupSimulator {
  /** Origin of the API, without a trailing slash. */
  url: string
  /** The page with the "Connect" button; `?accountId=` shows another account's. */
  marketplaceUrl: string
  /** The page that shows what it holds and every request, with buttons for what Wazzup does by itself. */
  consoleUrl: string
  accountId: string
  partnerApiKey: string
  requests: readonly RecordedRequest[]
  connects(): ConnectCall[]
  /** Resolves when the next `POST /v3/connect` has arrived, before it is answered. */
  nextConnect(): Promise<ConnectCall>
  /** One is used up by each `POST /v3/connect`, in order; afterwards everything is normal again. */
  faults: Fault[]
  /** The same for any route, such as `('POST', '/v3/contacts')` or `('GET', '/v3/users/:id')`; throws for an unknown one. */
  faultsOn(method: string, path: string): Fault[]
  switches: Switches
  mintState(claims?: Partial<StateClaims>): Promise<string>
  registerModule(module: NewModule): void
  /** What Wazzup's review does in the end: from then on a partner cannot change name and logo any more. */
  publishModule(crmCode?: string): void
  connections(): Connection[]
  /** Connects the account of the marketplace page without a browser and without a CRM: for tests of what comes after. */
  connectDirectly(): Promise<Connection>
  /** What a Wazzup account holds by now; by default the account of the marketplace page. */
  account(accountId?: string): Account
  /** A client removes the integration in Wazzup: its key is answered 401 and its webhooks stop. */
  revokeKey(accountId?: string): void
  /** Takes that back. */
  reviveKey(accountId?: string): void
  /** Sends a webhook to the address of an account, and tells what the CRM answered. */
  deliver(accountId: string, payload: Record<string, unknown>, options?: DeliverOptions): Promise<Delivery>
  /** What a new client leads to: `createContact`, then `createDeal` for the contact that the CRM made. */
  meetNewClient(accountId: string, client: NewClient): Promise<NewClientEnd>
  close(): Promise<void>
}

function createWorld(options: WazzupOptions): World {
  const now = options.now ?? (() => new Date())
  const modules = createModules()
  if (options.module) modules.register(options.module)
  return {
    switches: { ...defaultSwitches, ...options.switches },
    routeFaults: createRouteFaults(),
    modules,
    states: createStateMint(now),
    connections: createConnections(),
    accounts: createAccounts(),
    rates: createRateWindows(now),
    recorder: createRecorder(now),
    partnerApiKey: options.partnerApiKey ?? randomBytes(16).toString('hex'),
    visitor: { userId: '1001', accountId: '31415926' },
    now,
  }
}

async function addRoutes(app: FastifyInstance, world: World) {
  // Bodies stay text: the recorder keeps them byte for byte, and a broken one is the route's to refuse.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body)
  })
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'NOT_FOUND' }))
  world.recorder.attach(app)
  packAnswers(
    app,
    apiPacking(() => world.switches.answerBody),
  )
  await app.register(stylesheet)
  const partner = [personalArea, connectRoute, wauthRoute, marketplaceRoute]
  for (const route of [...partner, channelsRoute, entityRoutes, webhooksRoutes]) route(app, world)
  await consoleRoutes(app, world)
  await app.ready()
}

/** The handles on what comes after a connect. */
function dataHandles(world: World) {
  const keyAlive = (accountId: string, alive: boolean) => {
    const connection = world.connections.ofAccount(accountId)
    if (connection) connection.keyAlive = alive
  }
  const { visitor, accounts, routeFaults } = world
  return {
    connectDirectly: async () => {
      const details = { ...visitor, crmCode: 'direct', crmKey: randomBytes(32).toString('base64url') }
      return world.connections.add(
        randomBytes(16).toString('hex'),
        { ...details, name: 'direct', connectedAt: world.now() },
        world.switches.reconnect,
      )
    },
    faultsOn: (method, path) => routeFaults.on(method, path),
    account: (accountId = visitor.accountId) => accounts.of(accountId),
    revokeKey: (accountId = visitor.accountId) => {
      keyAlive(accountId, false)
    },
    reviveKey: (accountId = visitor.accountId) => {
      keyAlive(accountId, true)
    },
    deliver: (accountId, payload, options) =>
      sendWebhook(world, accounts.of(accountId), { payload, ...options }),
    meetNewClient: (accountId, client) => meetNewClient(world, accounts.of(accountId), client),
  } satisfies Partial<WazzupSimulator>
}

/** Starts the simulator on 127.0.0.1. Close it when done; that ends answers it was holding back, too. */
export async function startWazzup(options: WazzupOptions = {}): Promise<WazzupSimulator> {
  const world = createWorld(options)
  const { app, url } = await openServer(options.port)
  await addRoutes(app, world)
  return {
    url,
    marketplaceUrl: `${url}/`,
    consoleUrl: `${url}/console`,
    accountId: world.visitor.accountId,
    partnerApiKey: world.partnerApiKey,
    requests: world.recorder.requests,
    connects: () => connectCalls(world.recorder.requests),
    nextConnect: () => world.recorder.nextConnect(),
    faults: world.routeFaults.on('POST', '/v3/connect'),
    switches: world.switches,
    mintState: (claims) => {
      const crmCode = world.modules.latest()?.crmCode ?? ''
      return world.states.mint({ ...world.visitor, crmCode, ...claims }, world.switches.stateLife)
    },
    registerModule: (module) => {
      world.modules.register(module)
    },
    publishModule: (crmCode) => {
      const module = crmCode === undefined ? world.modules.latestOwn() : world.modules.withCode(crmCode)
      if (module) world.modules.register({ ...module, published: true })
    },
    connections: () => world.connections.all(),
    ...dataHandles(world),
    close: () => app.close(),
  }
}
