import type { FastifyInstance } from 'fastify'
import { createInternal, keyDeps } from './compose/keys.ts'
import { createLoops } from './compose/loops.ts'
import { metricsOf } from './compose/metrics.ts'
import { realSurroundings, type Surroundings } from './compose/surroundings.ts'
import { tracingOf } from './compose/tracing.ts'
import { uploadDeps } from './compose/upload.ts'
import { run } from './connect/run.ts'
import type { ConnectDeps } from './connect/visit.ts'
import { createLogoSource, type LogoSource } from './crm/logo.ts'
import { drainable } from './http/drain.ts'
import { createPages } from './http/public/pages/pages.ts'
import { createPublicServer } from './http/public/server.ts'
import type { LoginMethod } from './login/port.ts'
import type { Logger } from './observability/logger.ts'
import type { Metrics } from './observability/metrics.ts'
import type { Tracing } from './observability/tracing/tracing.ts'
import type { Settings } from './settings.ts'
import { seconds } from './shared/clock.ts'
import { openStore } from './store/index.ts'
import type { Store } from './store/port.ts'
import { planOf } from './upload/plan.ts'
import { createWazzupClient, type WazzupClient } from './wazzup/client.ts'
import { createConnect } from './wazzup/connect.ts'
import { observeCalls } from './wazzup/observe-calls.ts'
import type { Loop } from './workers/loop.ts'

export interface App {
  /** Listens on both addresses and starts the workers. Resolves to where it listens. */
  start(): Promise<{ publicAddress: string; internalAddress: string }>
  /** Not ready at once; what runs may finish; what cannot is left for the next start to settle. */
  stop(): Promise<void>
}

/** How long a running request may take when the service stops, before its call to Wazzup is cut. */
const STOP_GRACE = seconds(8)

/**
 * Builds everything once, in reading order. Nothing listens and no worker runs yet.
 * @throws StoreUnusable when the database cannot be opened or migrated
 */
export async function createApp(settings: Settings, log: Logger, around = realSurroundings): Promise<App> {
  const metrics: Metrics = metricsOf(() => store, around)
  const store: Store = await openStore(settings, metrics.keys.used)
  const login = createLogin(settings, store, around)
  const tracing = await tracingOf(settings, log, around)
  const client = createClient(settings, { metrics, tracing, around })
  const connect = connectDeps(settings, { store, login, client, log, metrics, around })
  const logo = createLogoSource(settings.crm.logoUrl, log)
  const keys = keyDeps(settings, { store, client, log, around })
  const upload = uploadDeps(settings, { store, client, log, metrics, around })
  const loops = createLoops(settings, { connect, keys, logo, upload })
  const stopping = new AbortController()
  const running = new Set<Promise<unknown>>()
  const publicServer = await createPublic(settings, { ...connect, running, metrics, tracing }, logo)
  const internalServer = await createInternal(
    settings,
    { ...keys, metrics, tracing },
    {
      pingStore: () => store.ping(),
      login: () => login.health(),
      recovery: () => loops.recovery.health(),
      isStopping: () => stopping.signal.aborted,
      metrics: metrics.page,
    },
  )
  const closePublic = drainable(publicServer)
  const closeInternal = drainable(internalServer)
  return {
    start: () => start(settings, { publicServer, internalServer, loops }),
    async stop() {
      stopping.abort()
      const closeCalls = () => Promise.all([client.close(), login.close(), upload.source?.close()])
      const cut = setTimeout(() => void closeCalls(), STOP_GRACE)
      await Promise.all([closePublic(), ...Object.values(loops).map((loop) => loop.stop())])
      // A browser that has gone away has not ended what it began.
      await Promise.allSettled(running)
      clearTimeout(cut)
      await Promise.all([closeCalls(), closeInternal()])
      await Promise.all([store.close(), tracing.close()])
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

const createClient = ({ wazzup }: Settings, { metrics, tracing, around }: ClientParts) =>
  observeCalls(createWazzupClient({ apiUrl: wazzup.apiUrl, ...around.connectLimits }), {
    meter: metrics.requests,
    tracing,
  })

type ClientParts = Pick<Parts, 'metrics' | 'around'> & { tracing: Tracing }

interface Parts {
  store: Store
  login: LoginMethod
  client: WazzupClient
  log: Logger
  metrics: Metrics
  around: Surroundings
}

const connectDeps = (
  settings: Settings,
  { store, login, client, log, metrics, around }: Parts,
): ConnectDeps => ({
  store,
  login,
  log,
  meter: metrics.funnel,
  connect: createConnect(client, around.clock),
  settings: {
    crmCode: settings.wazzup.crmCode,
    secret: () => settings.wazzup.secret.reveal(),
    crmKeyGrace: settings.crmKeyGraceMs,
    uploadPlan: planOf({ source: settings.upload, webhooksUrl: settings.webhooksUrl }),
  },
  clock: around.clock,
  random: around.random,
  jitter: around.jitter,
  sleep: around.sleep,
})

type PublicParts = ConnectDeps & { running: Set<Promise<unknown>>; metrics: Metrics; tracing: Tracing }

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
    observe: { listener: 'public', meter: connect.metrics.requests, tracing: connect.tracing },
    log: connect.log,
    random: connect.random,
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
