import type { FastifyInstance } from 'fastify'
import { connectDeps } from './compose/connect.ts'
import { eventDeps } from './compose/events.ts'
import { createInternal, keyDeps } from './compose/key-deps.ts'
import { createLoops } from './compose/loops.ts'
import { metricsOf } from './compose/metrics.ts'
import { createPublic } from './compose/public.ts'
import { stopInOrder } from './compose/stop.ts'
import { realEnvironment, type Environment } from './compose/environment.ts'
import { tracingOf } from './compose/tracing.ts'
import { createWatch, type Watch } from './compose/watch.ts'
import { uploadDeps } from './compose/upload.ts'
import { warmUpLater } from './compose/warm-up.ts'
import { openWazzup } from './compose/wazzup.ts'
import { createLogoSource } from './crm/logo.ts'
import { drainable } from './http/drain.ts'
import type { HealthSources, Phase } from './http/internal/deps.ts'
import type { LoginMethod } from './login/port.ts'
import type { Logger } from './observability/logger.ts'
import type { Metrics } from './observability/metrics.ts'
import type { Settings } from './settings.ts'
import { StoreUnusable } from './store/errors.ts'
import { openStore } from './store/index.ts'
import type { Store } from './store/port.ts'
import { createWriteProof, type WriteProof } from './store/write-proof.ts'
import { createBackground } from './workers/background.ts'
import type { Loop } from './workers/loop.ts'

export interface App {
  /**
   * Listens on both addresses and starts the workers. Resolves to where it listens, and what it is called. `beforeListening`
   * has to free the internal address, where something else has answered until then.
   * @throws StoreUnusable when an encryption key that this process lacks was noted since it was built
   */
  start(options?: {
    beforeListening?: () => Promise<void>
  }): Promise<{ publicAddress: string; internalAddress: string; replica: string }>
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
export async function createApp(settings: Settings, log: Logger, env = realEnvironment): Promise<App> {
  const upstreams = () => ({ login: login.health().ok, wazzup: wazzup.health().ok })
  const watched = { store: () => store, watch: () => watch, upstreams, takesWrites: () => writeProof.check() }
  const metrics: Metrics = metricsOf(watched, env)
  // Its peer is asked while the database is opened: it has answered, as a rule, when the first customer comes.
  const login = createLogin(settings, { store: () => store, log }, env)
  const store: Store = await openStore(settings, storeTerms(metrics, env)).catch(afterClosing(login))
  const writeProof = createWriteProof(() => store.proveWritable(env.clock()), env.monotonic)
  const watch: Watch = createWatch(settings, { store, log }, env)
  const tracing = await tracingOf(settings, log, env)
  const wazzup = openWazzup(settings, { metrics, tracing, env })
  const background = createBackground()
  const shared = { store, clients: wazzup.clients, log, metrics, env }
  const forConnect = { ...shared, writeProof, login, background, installs: watch.installs }
  const connect = connectDeps(settings, forConnect)
  const logo = createLogoSource(settings.crm.logoUrl, log, settings.wayOut)
  const keys = keyDeps(settings, shared)
  const uploads = uploadDeps(settings, shared)
  const events = eventDeps(settings, shared)
  const loops = createLoops(settings, { connect, keys, events, logo, ...uploads, writeProof, watch, env })
  let phase: Phase = 'starting'
  const publicServer = await createPublic(settings, { ...connect, metrics, tracing }, logo)
  const health = healthOf({ store, writeProof, watch, login, wazzup, loops, metrics }, () => phase)
  const internalServer = await createInternal(settings, { ...keys, metrics, tracing }, health)
  const stoppable = {
    ...{ loops, running: background.running, store, withdraw: watch.keys.withdraw, tracing },
    publicServer: drainable(publicServer),
    internalServer: drainable(internalServer),
    cutCalls: () => closeAll([wazzup, login, uploads.upload.source, events?.receiver]),
  }
  let started: Promise<unknown> = Promise.resolve()
  return {
    async start({ beforeListening = () => Promise.resolve() } = {}) {
      const starting = start(settings, { publicServer, internalServer, loops, watch, beforeListening, log })
      started = starting.catch(() => null)
      const addresses = await starting
      if (phase === 'starting') phase = 'serving'
      return { ...addresses, replica: env.replica }
    },
    async stop({ serveOn = 0 } = {}) {
      phase = 'stopping'
      await started
      return stopInOrder(stoppable, serveOn).finally(background.stop)
    },
  }
}

const closeAll = (clients: readonly ({ close(): Promise<unknown> } | null | undefined)[]) =>
  Promise.all(clients.map(async (one) => one?.close()))

/** For what fails once there is a login, which has to be closed then. */
const afterClosing = (login: LoginMethod) => async (error: unknown) => {
  await login.close()
  throw error
}

/** This is the process that works on the database. */
const storeTerms = (metrics: Metrics, { clock, monotonic }: Environment) => ({
  ...{ count: metrics.keys.used, clock, monotonic, keepsLeases: true },
})

const createLogin = (
  settings: Settings,
  { store, log }: { store: () => Store; log: Logger },
  { clock, monotonic, random }: Environment,
) =>
  settings.login.create({
    publicUrl: settings.publicUrl,
    allowHttpLoopback: settings.development,
    wayOut: settings.wayOut,
    clock,
    monotonic,
    random,
    log,
    claimOnce: (key, keptFor) => store().claims.claim(key, keptFor),
  })

interface Watched {
  watch: Watch
  store: Store
  writeProof: WriteProof
  login: LoginMethod
  wazzup: { health: HealthSources['wazzup'] }
  loops: ReturnType<typeof createLoops>
  metrics: Metrics
}

/** What `/readyz` and `/metrics` look at. */
const healthOf = (
  { store, writeProof, watch, login, wazzup, loops, metrics }: Watched,
  phase: () => Phase,
): HealthSources => ({
  pingStore: async () => {
    await writeProof.check()
    await store.ping()
  },
  lackingKeys: watch.keys.lacking,
  clock: watch.clock.health,
  installs: watch.installs.known,
  login: () => login.health(),
  wazzup: () => wazzup.health(),
  recovery: () => loops.recovery.health(),
  phase,
  metrics: metrics.page,
})

interface Running {
  publicServer: FastifyInstance
  internalServer: FastifyInstance
  loops: Record<string, Loop>
  watch: Watch
  beforeListening: () => Promise<void>
  log: Logger
}

/** The internal listener opens first, so monitors see the start. */
async function start(settings: Settings, running: Running) {
  const { publicServer, internalServer, loops, watch, beforeListening, log } = running
  const { listeners } = settings
  // Nothing is sealed before others can know with which keys. A database that is away now is asked again by the loop.
  const [begun] = await Promise.allSettled([watch.begin(), watch.installs.look()])
  if (begun.status === 'rejected' && begun.reason instanceof StoreUnusable) throw begun.reason
  const { host, port } = listeners.internal
  await beforeListening()
  const internalAddress = await internalServer.listen({ host, port })
  const publicAddress = await publicServer.listen({
    host: listeners.public.host,
    port: listeners.public.port,
  })
  for (const loop of Object.values(loops)) loop.start()
  warmUpLater(settings, log)
  return { publicAddress, internalAddress }
}
