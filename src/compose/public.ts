import type { FastifyInstance } from 'fastify'
import { run } from '../connect/run.ts'
import type { ConnectDeps } from '../connect/visit.ts'
import type { LogoSource } from '../crm/logo.ts'
import { isCheckProof } from '../crypto/check-proof.ts'
import { PUBLIC_LIMITS } from '../http/public/limits.ts'
import { createPages } from '../http/public/pages/pages.ts'
import { createPublicServer } from '../http/public/server.ts'
import type { Metrics } from '../observability/metrics.ts'
import type { Tracing } from '../observability/tracing/tracing.ts'
import type { Settings } from '../settings.ts'

type PublicParts = ConnectDeps & { metrics: Metrics; tracing: Tracing }

/** The install flow behind its listener. A visit goes on when its browser has gone away. */
export const createPublic = (
  settings: Settings,
  connect: PublicParts,
  logo: LogoSource,
): Promise<FastifyInstance> => {
  const keys = settings.encryptionKeys.reveal().map(({ key }) => key)
  return createPublicServer({
    run(row, request) {
      const visit = run(row, request, connect)
      connect.background.keep(visit)
      return visit
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
    clock: connect.clock,
    monotonic: connect.monotonic,
    random: connect.random,
    limits: { ...PUBLIC_LIMITS, arrivals: settings.limits.attemptsPerAddress },
    checks: {
      isProof: (asked) => isCheckProof(keys, asked, connect.clock()),
      sleep: connect.sleep,
    },
    settings: {
      publicUrl: settings.publicUrl,
      trustProxy: settings.listeners.public.trustProxy,
      tenantHosts: settings.tenantHosts,
    },
  })
}
