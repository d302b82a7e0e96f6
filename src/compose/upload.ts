import type { ChangeDeps } from '../changes/deps.ts'
import { createExportSource } from '../crm/export/source.ts'
import type { Logger } from '../observability/logger.ts'
import type { Metrics } from '../observability/metrics.ts'
import type { Settings } from '../settings.ts'
import type { Store } from '../store/port.ts'
import type { UploadDeps } from '../upload/deps.ts'
import { createNarrowings } from '../upload/narrowing.ts'
import { createRooms } from '../upload/room.ts'
import { createReadPhone } from '../upload/rules/phones.ts'
import { createAuthorizedCall } from '../wazzup/authorized-call.ts'
import { confirmingRefusals } from '../keys/health.ts'
import { createEntities } from '../wazzup/entities.ts'
import { createLimitedCall } from '../wazzup/limiter.ts'
import { createRemove } from '../wazzup/remove.ts'
import { createUpsert } from '../wazzup/upsert.ts'
import { createWebhooks } from '../wazzup/webhooks.ts'
import type { Environment } from './environment.ts'
import type { WazzupClients } from './wazzup.ts'

interface Parts {
  store: Store
  clients: Pick<WazzupClients, 'upload'>
  log: Logger
  metrics: Pick<Metrics, 'upload' | 'changes'>
  env: Environment
}

/** What the upload works with, and what sends changes after it; the calls of both share one measure per apiKey. */
export function uploadDeps(
  { upload, webhooksUrl, wayOut }: Settings,
  { store, clients, log, metrics, env }: Parts,
): { upload: UploadDeps; changes: ChangeDeps } {
  const { clock, monotonic, sleep, random, jitter, uploadRate } = env
  const call = confirmingRefusals(
    createLimitedCall(createAuthorizedCall(clients.upload, clock), { ...uploadRate, monotonic, sleep }),
  )
  const uploading: UploadDeps = {
    ...{ store, log, clock, monotonic, random, jitter, webhooksUrl },
    meter: metrics.upload,
    narrowings: createNarrowings(monotonic),
    rooms: createRooms(monotonic),
    source:
      upload &&
      createExportSource({
        ...{ url: upload.exportUrl, token: () => upload.exportToken.reveal() },
        ...{ clock, wayOut },
      }),
    readPhone: createReadPhone(upload?.country ?? null),
    upsert: createUpsert(call),
    entities: createEntities(call),
    webhooks: createWebhooks(call),
  }
  const narrowings = createNarrowings(monotonic)
  const changes = { ...uploading, narrowings, remove: createRemove(call), meter: metrics.changes }
  return { upload: uploading, changes }
}
