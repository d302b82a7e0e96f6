import type { FastifyInstance } from 'fastify'
import { createInternal, keyDeps } from './compose/keys.ts'
import { createLoops } from './compose/loops.ts'
import { stopInOrder } from './compose/stop.ts'
import { realSurroundings, type Surroundings } from './compose/surroundings.ts'
import { uploadDeps } from './compose/upload.ts'
import { openWazzup } from './compose/wazzup.ts'
import { run } from './connect/run.ts'
import type { ConnectDeps } from './connect/visit.ts'
import { createLogoSource, type LogoSource } from './crm/logo.ts'
import { drainable } from './http/drain.ts'
import type { Phase } from './http/internal/deps.ts'
import { PUBLIC_LIMITS } from './http/public/limits.ts'
import { createPages } from './http/public/pages/pages.ts'
import { createPublicServer } from './http/public/server.ts'
import type { LoginMethod } from './login/port.ts'
import type { Logger } from './observability/logger.ts'
import { createMetrics } from './observability/metrics.ts'
import type { Settings } from './settings.ts'
import { openStore } from './store/index.ts'
import type { Store } from './store/port.ts'
import { planOf } from './upload/plan.ts'
import type { WazzupClient } from './wazzup/client.ts'
import { createConnect } from './wazzup/connect.ts'
import type { Loop } from './workers/loop.ts'

export interface App {
  /** Listens on both addresses and starts the workers. Resolves to where it listens. */
  start(): Promise<{ publicAddress: string; internalAddress: string }>
  /**
   * Not ready at once; what runs may finish; what cannot is left for the next start to settle. `serveOn`: milliseconds
   * for which new requests are still taken. Resolves to whether everything came to its end in time.
   */
  stop(options?: { serveOn?: number }): Promise<boolean>
}

/**
 * Builds everything once, in reading order. Nothing listens and no worker runs yet.
 * @throws StoreUnusable when the database cannot be opened or migrated
 */
export async function createApp(settings: Settings, log: Logger, around = realSurroundings): Promise<App> {
  const store = await openStore(settings)
  const login = createLogin(settings, store, around)
  const { client, health: wazzupHealth } = openWazzup(settings, around)
  const connect = connectDeps(settings, { store, login, client, log, around })
  const logo = createLogoSource(settings.crm.logoUrl, log)
  const keys = keyDeps(settings, { store, client, log, around })
  const metrics = createMetrics(() => store.uploads.counts())
  const upload = uploadDeps(settings, { store, client, log, metrics, around })
  const loops = createLoops(settings, { connect, keys, logo, upload })
  let phase: Phase = 'starting'
  const running = new Set<Promise<unknown>>()
  const publicServer = await createPublic(settings, { ...connect, running }, logo)
  const internalServer = await createInternal(settings, keys, {
    pingStore: () => store.ping(),
    login: () => login.health(),
    wazzup: wazzupHealth,
    recovery: () => loops.recovery.health(),
    phase: () => phase,
    metrics: metrics.page,
  })
  const stoppable = {
    ...{ loops, running, store },
    publicServer: drainable(publicServer),
    internalServer: drainable(internalServer),
    cutCalls: () => Promise.all([client.close(), login.close(), upload.source?.close()]),
  }
  let started: Promise<unknown> = Promise.resolve()
  return {
    async start() {
      const starting = start(settings, { publicServer, internalServer, loops })
      started = starting.catch(() => null)
      const addresses = await starting
      if (phase === 'starting') phase = 'serving'
      return addresses
    },
    async stop({ serveOn = 0 } = {}) {
      phase = 'stopping'
      await started
      return stopInOrder(stoppable, serveOn)
    },
  }
}

const createLogin = (settings: Settings, store: Store, { clock, random }: Surroundings) =>
  settings.login.create({
    publicUrl: settings.publicUrl,
    allowHttpLoopback: settings.development,
    clock,
    random,
    claimOnce: (key, until) => store.claims.claim(key, until),
  })

interface Parts {
  store: Store
  login: LoginMethod
  client: WazzupClient
  log: Logger
  around: Surroundings
}

const connectDeps = (settings: Settings, { store, login, client, log, around }: Parts): ConnectDeps => ({
  store,
  login,
  log,
  connect: createConnect(client, around.clock),
  settings: {
    crmCode: settings.wazzup.crmCode,
    secret: () => settings.wazzup.secret.reveal(),
    unfinishedAttempts: settings.limits.unfinishedAttempts,
    crmKeyGrace: settings.crmKeyGraceMs,
    uploadPlan: planOf({ source: settings.upload, webhooksUrl: settings.webhooksUrl }),
  },
  clock: around.clock,
  random: around.random,
  jitter: around.jitter,
  sleep: around.sleep,
})

type PublicParts = ConnectDeps & { running: Set<Promise<unknown>> }

const createPublic = (settings: Settings, connect: PublicParts, logo: LogoSource): Promise<FastifyInstance> =>
  createPublicServer({
    run(row, request) {
      const visit = run(row, request, connect)
      connect.running.add(visit)
      return visit.finally(() => connect.running.delete(visit))
    },
    pages: createPages({
      crmName: settings.crm.name,
      hasLogo: () => logo.current() !== null,
      doneUrl: settings.crm.doneUrl,
      wazzupUrl: settings.wazzup.appUrl,
    }),
    logo: logo.current,
    log: connect.log,
    random: connect.random,
    limits: { ...PUBLIC_LIMITS, arrivals: settings.limits.attemptsPerAddress },
    settings: {
      publicUrl: settings.publicUrl,
      trustProxy: settings.listeners.public.trustProxy,
      tenantHosts: settings.tenantHosts,
    },
  })

interface Running {
  publicServer: FastifyInstance
  internalServer: FastifyInstance
  loops: Record<string, Loop>
}

/** Health first: whoever watches the start sees it coming. */
async function start({ listeners }: Settings, { publicServer, internalServer, loops }: Running) {
  const { host, port } = listeners.internal
  const internalAddress = await internalServer.listen({ host, port })
  const publicAddress = await publicServer.listen({
    host: listeners.public.host,
    port: listeners.public.port,
  })
  for (const loop of Object.values(loops)) loop.start()
  return { publicAddress, internalAddress }
}
