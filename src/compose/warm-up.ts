import type { Logger } from '../observability/logger.ts'
import type { Settings } from '../settings.ts'
import { seconds } from '../shared/clock.ts'
import { phoneLibrary } from '../shared/phone-library.ts'

/** Milliseconds: a start has been over for a while, and nobody waits for this. */
const WARM_UP_AFTER = seconds(2)

/**
 * Reads what this set-up may need and no start has to wait for. An update may replace the package under a running service:
 * what is read from it later would be of another release, or not there. `test/package/image.test.ts` takes it away.
 */
export function warmUpLater({ upload }: Settings, log: Logger): void {
  const warmUp = async () => {
    if (upload) phoneLibrary()
    await import('../http/internal/openapi/document.ts')
    log.debug({ event: 'service.warm' })
  }
  setTimeout(() => {
    warmUp().catch((err: unknown) => {
      log.error({ event: 'service.incomplete', err })
    })
  }, WARM_UP_AFTER).unref()
}
