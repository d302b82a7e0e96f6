import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { openServer } from '../open-server.ts'
import { stylesheet } from '../pages/stylesheet.ts'
import { createConnections, type Connection } from './connections.ts'
import type { Fault } from './fault.ts'
import { createModules, type NewModule } from './modules.ts'
import { connectCalls, createRecorder, type ConnectCall, type RecordedRequest } from './recorder.ts'
import { channelsRoute } from './routes/channels.ts'
import { connectRoute } from './routes/connect.ts'
import { marketplaceRoute } from './routes/marketplace.ts'
import { personalArea } from './routes/personal-area.ts'
import { wauthRoute } from './routes/wauth.ts'
import { createStateMint, type StateClaims } from './state-mint.ts'
import { defaultSwitches, type Switches } from './switches.ts'
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
  accountId: string
  partnerApiKey: string
  requests: readonly RecordedRequest[]
  connects(): ConnectCall[]
  /** Resolves when the next `POST /v3/connect` has arrived, before it is answered. */
  nextConnect(): Promise<ConnectCall>
  /** One is used up by each `POST /v3/connect`, in order; afterwards everything is normal again. */
  faults: Fault[]
  switches: Switches
  mintState(claims?: Partial<StateClaims>): Promise<string>
  registerModule(module: NewModule): void
  /** What Wazzup's review does in the end: from then on a partner cannot change name and logo any more. */
  publishModule(crmCode?: string): void
  connections(): Connection[]
  close(): Promise<void>
}

function createWorld(options: WazzupOptions): World {
  const now = options.now ?? (() => new Date())
  const modules = createModules()
  if (options.module) modules.register(options.module)
  return {
    switches: { ...defaultSwitches, ...options.switches },
    faults: [],
    modules,
    states: createStateMint(now),
    connections: createConnections(),
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
  await app.register(stylesheet)
  for (const route of [personalArea, connectRoute, wauthRoute, marketplaceRoute, channelsRoute])
    route(app, world)
  await app.ready()
}

/** Starts the simulator on 127.0.0.1. Close it when done; that ends answers it was holding back, too. */
export async function startWazzup(options: WazzupOptions = {}): Promise<WazzupSimulator> {
  const world = createWorld(options)
  const { app, url } = await openServer(options.port)
  await addRoutes(app, world)
  return {
    url,
    marketplaceUrl: `${url}/`,
    accountId: world.visitor.accountId,
    partnerApiKey: world.partnerApiKey,
    requests: world.recorder.requests,
    connects: () => connectCalls(world.recorder.requests),
    nextConnect: () => world.recorder.nextConnect(),
    faults: world.faults,
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
    close: () => app.close(),
  }
}
