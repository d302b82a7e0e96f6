import type { FastifyInstance } from 'fastify'
import { acceptChanges } from '../changes/accept.ts'
import type { HealthSources } from '../http/internal/deps.ts'
import { FAILURE_LIMIT } from '../http/internal/failed-attempts.ts'
import { createInternalServer } from '../http/internal/server.ts'
import { countLookups } from '../keys/count-lookups.ts'
import { disconnectAccount, type DisconnectDeps } from '../keys/disconnect.ts'
import { eraseAccount } from '../keys/erase.ts'
import { createLookup } from '../keys/lookup.ts'
import type { ProbeDeps } from '../keys/probe.ts'
import { readApiKey } from '../keys/read-api-key.ts'
import type { Logger } from '../observability/logger.ts'
import type { Metrics } from '../observability/metrics.ts'
import type { Tracing } from '../observability/tracing/tracing.ts'
import type { Settings } from '../settings.ts'
import type { Store } from '../store/port.ts'
import { supportReport } from '../support/report.ts'
import { planOf } from '../upload/plan.ts'
import { startUpload } from '../upload/start.ts'
import { createAuthorizedCall } from '../wazzup/authorized-call.ts'
import { confirmingRefusals } from '../keys/health.ts'
import { createKeyProbe } from '../wazzup/key-health.ts'
import { createWebhooks } from '../wazzup/webhooks.ts'
import type { Environment } from './environment.ts'
import type { WazzupClients } from './wazzup.ts'

/** What everything needs that happens to keys after the connect. */
export type KeyDeps = DisconnectDeps & Omit<ProbeDeps, 'interval'>

interface Parts {
  store: Store
  clients: Pick<WazzupClients, 'keys'>
  log: Logger
  env: Environment
}

export function keyDeps({ webhooksUrl }: Settings, { store, clients, log, env }: Parts): KeyDeps {
  const { clock, jitter, random } = env
  const call = confirmingRefusals(createAuthorizedCall(clients.keys, clock))
  return {
    store,
    log,
    clock,
    jitter,
    random,
    webhooksUrl,
    webhooks: createWebhooks(call),
    probe: createKeyProbe(call),
  }
}

/** The internal listener, over the flows that it shows. */
export function createInternal(
  { listeners, upload: source, webhooksUrl, fingerprints }: Settings,
  keys: KeyDeps & { metrics: Metrics; tracing: Tracing },
  health: HealthSources,
): Promise<FastifyInstance> {
  const { store, clock, log, metrics, tracing } = keys
  return createInternalServer({
    health,
    log,
    observe: { listener: 'internal', meter: metrics.requests, tracing },
    tokens: listeners.internal.tokens.map((token) => token.reveal()),
    lookupTokens: listeners.internal.lookupTokens.map((token) => token.reveal()),
    lookup: countLookups(createLookup(store.keys), metrics.keys),
    connections: {
      ...store.connections,
      readApiKey: (crmAccountId, by) => readApiKey(crmAccountId, by, keys),
      disconnect: (crmAccountId, by) => disconnectAccount(crmAccountId, by, keys),
      erase: (crmAccountId, by) => eraseAccount(crmAccountId, { ...by, whole: false }, keys),
    },
    uploads: {
      find: (crmAccountId) => store.uploads.find(crmAccountId),
      start: (crmAccountId, options) =>
        startUpload(crmAccountId, options, { store, clock, source, webhooksUrl }),
    },
    changes: {
      find: (crmAccountId) => store.changes.find(crmAccountId),
      accept: (crmAccountId, asked) => acceptChanges(crmAccountId, asked, keys),
    },
    installs: {
      read: () => store.installs.read(),
      set: (reason, by) => store.installs.set(reason, by, clock()),
    },
    deliveries: store.deliveries,
    support: (supportId) => supportReport(supportId, { store, clock, plan: planOf({ source, webhooksUrl }) }),
    fingerprints,
    failureLimit: FAILURE_LIMIT,
  })
}
