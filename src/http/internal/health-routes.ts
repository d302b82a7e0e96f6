import type { FastifyInstance } from 'fastify'
import type { Installs } from '../../store/port.ts'
import type { HealthSources } from './deps.ts'
import { PROBLEMS } from './problems.ts'
import type { Liveness, Readiness } from './schemas/health.ts'
import { createStoreProbe } from './store-probe.ts'

/** Seconds. */
const TRY_AGAIN = 1

/** Liveness depends on nothing; readiness on the store, its encryption keys and shutdown. Like the metrics they need no token. */
export function healthRoutes(
  app: FastifyInstance,
  { pingStore, lackingKeys, clock, login, wazzup, recovery, installs, phase, metrics }: HealthSources,
) {
  const probeStore = createStoreProbe(pingStore)
  app.get('/metrics', async (_request, reply) => {
    const { contentType, text } = await metrics()
    return reply.type(contentType).send(text)
  })
  app.get('/livez', () => ({ status: 'alive' }) satisfies Liveness)
  app.get('/readyz', async (_request, reply) => {
    const store = await probeStore()
    const keys = keysPart(lackingKeys())
    const ready = store.ok && keys.ok && phase() === 'serving'
    if (!ready) reply.header('retry-after', TRY_AGAIN)
    return reply.code(ready ? 200 : 503).send({
      status: ready ? 'ready' : 'not ready',
      phase: phase(),
      stopping: phase() === 'stopping',
      // Only the store and the keys decide; the rest is there for the reader.
      parts: {
        ...{ store, keys, clock: clock(), login: login(), wazzup: wazzup(), recovery: recovery() },
        installs: installsPart(installs()),
      },
    } satisfies Readiness)
  })
}

/** A pause is meant, so that nothing is wrong with it. Why is for those who have the token. */
const installsPart = ({ paused, changedAt }: Installs): Readiness['parts']['installs'] => ({
  ...{ ok: true, paused },
  detail: paused ? `paused since ${changedAt?.toISOString() ?? 'a time that is not known'}` : 'not paused',
})

/** A replica that lacks a key answers look-ups with 503: those that have it should be asked. */
const keysPart = (lacking: readonly string[]): Readiness['parts']['keys'] =>
  lacking.length === 0
    ? { ok: true, detail: 'none is missing' }
    : { ok: false, code: PROBLEMS.sealUnknownKey.code, detail: `ENCRYPTION_KEYS lacks ${lacking.join(', ')}` }
