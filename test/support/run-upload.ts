/** A process that uploads one account and says how much memory was in use after a collection, at most. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createExportSource } from '../../src/crm/export/source.ts'
import { createMetrics } from '../../src/observability/metrics.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { hours, seconds, systemClock, systemMonotonic } from '../../src/shared/clock.ts'
import { systemRandom } from '../../src/shared/random.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import { createNarrowings } from '../../src/upload/narrowing.ts'
import { createRooms } from '../../src/upload/room.ts'
import { createReadPhone } from '../../src/upload/rules/phones.ts'
import { uploadOne } from '../../src/upload/run.ts'
import { isEnded } from '../../src/upload/progress.ts'
import { createAuthorizedCall } from '../../src/wazzup/authorized-call.ts'
import { createWazzupClient } from '../../src/wazzup/client.ts'
import { createEntities } from '../../src/wazzup/entities.ts'
import { createUpsert } from '../../src/wazzup/upsert.ts'
import { createWebhooks } from '../../src/wazzup/webhooks.ts'
import { claimed } from './attempts.ts'
import { digest } from '../../src/crypto/digest.ts'
import { tempDir } from './temp-dir.ts'

const env = process.env as Record<string, string>
const folder = await tempDir()
const store = await openSqliteStore(join(folder.path, 'wauth.db'))
const { stateHash, generationId } = await claimed(store, 'acme')
const apiKey = env['API_KEY'] ?? ''
await store.exchanges.record({
  ...{ stateHash, generationId, apiKey, apiKeyHash: digest(apiKey), upload: true },
  ...{ now: new Date(), grace: hours(1) },
})
const client = createWazzupClient({
  apiUrl: new URL(env['WAZZUP_API_URL'] ?? ''),
  deadline: seconds(60),
  maxAnswer: 65536,
})
const call = createAuthorizedCall(client, systemClock)
const source = createExportSource({
  url: new URL(env['CRM_EXPORT_URL'] ?? ''),
  token: () => env['CRM_EXPORT_TOKEN'] ?? '',
  clock: systemClock,
})
const deps = {
  ...{
    store,
    source,
    upsert: createUpsert(call),
    readPhone: createReadPhone(null),
    entities: createEntities(call),
    webhooks: createWebhooks(call),
    webhooksUrl: null,
  },
  ...{
    clock: systemClock,
    monotonic: systemMonotonic,
    random: systemRandom,
    jitter: () => 0.5,
    log: createLogger('silent'),
  },
  meter: createMetrics().upload,
  narrowings: createNarrowings(systemMonotonic),
  rooms: createRooms(systemMonotonic),
}

let peakHeap = 0
const measure = () => {
  globalThis.gc?.()
  peakHeap = Math.max(peakHeap, process.memoryUsage().heapUsed)
}
for (;;) {
  await uploadOne(deps)
  measure()
  const upload = await store.uploads.find('acme')
  if (upload && isEnded(upload)) {
    process.stdout.write(JSON.stringify({ status: upload.status, peakHeap }))
    break
  }
}
await Promise.all([client.close(), source.close()])
await store.close()
await rm(folder.path, { recursive: true, force: true })
