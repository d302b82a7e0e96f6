import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { acceptChanges } from '../../src/changes/accept.ts'
import { fingerprintsOf } from '../../src/config/fingerprints.ts'
import { createKeyRing } from '../../src/crypto/key-ring.ts'
import { createSealer } from '../../src/crypto/sealer.ts'
import type { InternalDeps } from '../../src/http/internal/deps.ts'
import { FAILURE_LIMIT } from '../../src/http/internal/failed-attempts.ts'
import { createInternalServer } from '../../src/http/internal/server.ts'
import { disconnectAccount } from '../../src/keys/disconnect.ts'
import { eraseAccount } from '../../src/keys/erase.ts'
import { createLookup } from '../../src/keys/lookup.ts'
import { readApiKey } from '../../src/keys/read-api-key.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { createMetrics } from '../../src/observability/metrics.ts'
import { passOn } from '../../src/observability/tracing/tracing.ts'
import { systemClock } from '../../src/shared/clock.ts'
import { systemRandom } from '../../src/shared/random.ts'
import { NEVER_PAUSED } from '../../src/store/installs.ts'
import { sealStore } from '../../src/store/sealed.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import { supportReport } from '../../src/support/report.ts'
import { startUpload } from '../../src/upload/start.ts'
import type { Webhooks } from '../../src/wazzup/webhooks.ts'
import { fixtureFor, untilTestEnds, type Tests } from './fixture.ts'
import { collectLog } from './log-lines.ts'
import { tempDir } from './temp-dir.ts'

export const TOKEN = 'the-internal-token-0123456789'

/** A Wazzup that has no webhooks address of anybody. */
const noWebhooks: Webhooks = {
  read: async () => ({
    kind: 'read',
    settings: {
      address: null,
      subscriptions: {
        ...{ messagesAndStatuses: false, contactsAndDealsCreation: false },
        ...{ channelsUpdates: false, templateStatus: false },
      },
    },
  }),
  change: async () => ({ kind: 'done', status: 200, body: undefined }),
}

/** The internal listener over a real sealed store, listening on a free port; `more` replaces what it is built from. */
export async function startInternal(more: Partial<InternalDeps> = {}) {
  const dir = await tempDir()
  const path = join(dir.path, 'wauth.db')
  const sealer = createSealer(createKeyRing([{ id: 'k1', key: randomBytes(32) }]))
  const store = sealStore(await openSqliteStore(path, { teller: sealer }), sealer)
  const log = collectLog()
  const metrics = createMetrics()
  const keys = {
    ...{ store, clock: systemClock, random: systemRandom, jitter: () => 0 },
    log: createLogger('trace', log.destination),
  }
  const app = await createInternalServer({
    health: {
      pingStore: () => store.ping(),
      lackingKeys: () => [],
      clock: () => ({ ok: true, detail: 'fine' }),
      login: () => ({ ok: true, detail: 'fine' }),
      wazzup: () => ({ ok: true, detail: 'breaker closed' }),
      recovery: () => ({ ok: true, detail: 'running' }),
      installs: () => NEVER_PAUSED,
      phase: () => 'serving',
      metrics: metrics.page,
    },
    tokens: [TOKEN],
    lookupTokens: [],
    lookup: createLookup(store.keys),
    connections: {
      ...store.connections,
      readApiKey: (account, by) => readApiKey(account, by, keys),
      disconnect: (account, by) =>
        disconnectAccount(account, by, { ...keys, webhooks: noWebhooks, webhooksUrl: null }),
      erase: (account, by) => eraseAccount(account, { ...by, whole: false }, keys),
    },
    uploads: {
      ...store.uploads,
      start: (account, options) =>
        startUpload(account, options, {
          ...keys,
          source: null,
          webhooksUrl: new URL('https://crm.example/hook'),
        }),
    },
    changes: {
      find: (account) => store.changes.find(account),
      accept: (account, asked) => acceptChanges(account, asked, keys),
    },
    deliveries: store.deliveries,
    installs: { ...store.installs, set: (reason, by) => store.installs.set(reason, by, systemClock()) },
    support: (supportId) => supportReport(supportId, { store, plan: [], clock: systemClock }),
    fingerprints: () => [fingerprintsOf({ CRM_NAME: 'Acme' }, { id: 'k1', key: randomBytes(32) })],
    observe: { listener: 'internal', meter: metrics.requests, tracing: passOn },
    failureLimit: FAILURE_LIMIT,
    log: keys.log,
    ...more,
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    ...{ store, url, log, path },
    async stop() {
      await app.close()
      await store.close()
      await dir.remove()
    },
  }
}

export type InternalAtHand = Awaited<ReturnType<typeof startInternal>>

/** For each test of a file or block, or for all of them. */
export const internalFor = (tests: Tests) => fixtureFor(tests, startInternal)

/** For the running test. */
export const internalAtHand = (more?: Partial<InternalDeps>) => untilTestEnds(startInternal(more))

/** Asks with the token. */
export async function ask({ url }: Pick<InternalAtHand, 'url'>, path: string, init: RequestInit = {}) {
  const answer = await fetch(url + path, {
    ...init,
    headers: { authorization: `Bearer ${TOKEN}`, ...(init.headers as Record<string, string> | undefined) },
  })
  const text = await answer.text()
  const body = (text === '' ? null : JSON.parse(text)) as Record<string, unknown> | null
  return { status: answer.status, headers: answer.headers, text, body }
}

export const lookUp = (at: Pick<InternalAtHand, 'url'>, crmKey: unknown, token = TOKEN) =>
  ask(at, '/v1/keys/lookup', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ crmKey }),
  })
