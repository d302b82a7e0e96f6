import { createNews } from '../connect/news.ts'
import type { Background, ConnectDeps } from '../connect/visit.ts'
import type { LoginMethod } from '../login/port.ts'
import type { Logger } from '../observability/logger.ts'
import type { Metrics } from '../observability/metrics.ts'
import type { Settings } from '../settings.ts'
import type { InstallsWatch } from '../store/installs-watch.ts'
import type { Store } from '../store/port.ts'
import type { WriteProof } from '../store/write-proof.ts'
import { planOf } from '../upload/plan.ts'
import { createConnect } from '../wazzup/connect.ts'
import type { Environment } from './environment.ts'
import type { WazzupClients } from './wazzup.ts'

interface Parts {
  store: Store
  writeProof: Pick<WriteProof, 'wellFor'>
  login: LoginMethod
  clients: Pick<WazzupClients, 'connect'>
  log: Logger
  metrics: Metrics
  env: Environment
  background: Background
  installs: Pick<InstallsWatch, 'known'>
}

/** What the install flow works with. */
export const connectDeps = (
  settings: Settings,
  { store, writeProof, login, clients, log, metrics, env, background, installs }: Parts,
): ConnectDeps => ({
  store,
  storeWellFor: writeProof.wellFor,
  login,
  log,
  background,
  meter: metrics.funnel,
  connect: createConnect(clients.connect, env.clock),
  settings: {
    crmCode: settings.wazzup.crmCode,
    secret: () => settings.wazzup.secret.reveal(),
    unfinishedAttempts: settings.limits.unfinishedAttempts,
    crmKeyGrace: settings.crmKeyGraceMs,
    uploadPlan: planOf({ source: settings.upload, webhooksUrl: settings.webhooksUrl }),
  },
  clock: env.clock,
  monotonic: env.monotonic,
  random: env.random,
  jitter: env.jitter,
  sleep: env.sleep,
  isNews: createNews(),
  wasPaused: () => installs.known().paused,
})
